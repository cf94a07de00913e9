// The lecture's second program: another process opens the file, evaluates, judges, and trains on.
#include <cornu/cornu.h>

#include <iostream>

using namespace cornu;

int main() {
  auto [train, test] = datasets::fashion_mnist::load_data();
  Tensor x_test = std::move(test.x).reshape({10000, 784}).astype(float32) / 255.0f;
  Tensor y_test = utils::to_categorical(test.y, 10);

  Model model = load_model("mnist_mlp_model.h5");
  std::cout << model.summary();
  const Logs result = model.evaluate(x_test, y_test, {.batch_size = 32});
  std::cout << "loss " << result["loss"] << ", accuracy " << result["accuracy"] << "\n";

  const Tensor y = model.predict(x_test.rows(0, 5), {.verbose = 0});
  for (int i = 0; i < 5; ++i)
    std::cout << "image " << i << ": judged " << y.argmax().at(i) << ", is " << test.y.at(i) << "\n";

  // The file holds the compile configuration and the optimizer's state, so training goes on where it stopped.
  Tensor x_train = std::move(train.x).reshape({60000, 784}).astype(float32) / 255.0f;
  model.fit(x_train, utils::to_categorical(train.y, 10), {.batch_size = 32, .epochs = 1});
}
