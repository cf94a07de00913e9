// The lecture's first program: train on images, save one file.
#include <cornu/cornu.h>

using namespace cornu;

int main() {
  auto [train, test] = datasets::fashion_mnist::load_data();
  Tensor x_train = std::move(train.x).reshape({60000, 784}).astype(float32) / 255.0f;
  Tensor y_train = utils::to_categorical(train.y, 10);

  Sequential model({
      layers::Dense(64, {.activation = "relu", .input_shape = {784}}),
      layers::Dense(10, {.activation = "softmax"}),
  });
  model.compile({.optimizer = "sgd", .loss = "categorical_crossentropy", .metrics = {"accuracy"}});
  model.fit(x_train, y_train, {.batch_size = 32, .epochs = 5});
  model.save("mnist_mlp_model.h5");
}
