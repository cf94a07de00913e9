// Learns another task from a trained file: the part that sees stays as it is, a new head learns from few samples.
//
//   vision_transfer [MODEL.keras] [SAMPLES]
#include <cornu/cornu.h>

#include <cstdlib>
#include <iostream>

using namespace cornu;

int main(int argc, char** argv) {
  const std::string path = argc > 1 ? argv[1] : "residual.keras";
  const std::int64_t samples = argc > 2 ? std::atoll(argv[2]) : 500;
  const Model trained = load_model(path);

  // Shoes or clothes: Fashion-MNIST's classes 5, 7 and 9 are shoes.
  const auto is_shoe = [](const Tensor& classes) {
    Tensor out = Tensor::empty({classes.size(), 1}, float32);
    for (std::int64_t i = 0; i < classes.size(); ++i) {
      const double c = classes.at(i);
      out.mutable_data<float>()[i] = c == 5 || c == 7 || c == 9 ? 1.0f : 0.0f;
    }
    return out;
  };
  auto [train, test] = datasets::fashion_mnist::load_data();
  const Tensor x = train.x.rows(0, samples).reshape({samples, 28, 28, 1}).astype(float32) / 255.0f;
  const Tensor x_test = std::move(test.x).reshape({10000, 28, 28, 1}).astype(float32) / 255.0f;

  // Everything up to the features, frozen: its batch normalization judges, too.
  const Model body(trained.input(), trained.get_layer("features").output());
  body.set_trainable(false);
  const KerasTensor image = layers::Input({28, 28, 1});
  const Model model(image, layers::Dense(1, {.activation = "sigmoid"})(body(image)));
  model.compile(
      {.optimizer = optimizers::Adam({.learning_rate = 0.01}), .loss = "binary_crossentropy", .metrics = {"accuracy"}});
  model.fit(x, is_shoe(train.y.rows(0, samples)), {.batch_size = 32, .epochs = 5});
  const Logs scores = model.evaluate(x_test, is_shoe(test.y), {.batch_size = 256, .verbose = 0});
  std::cout << "shoes or clothes, after " << samples << " samples: accuracy " << scores["accuracy"] << '\n';

  // Fine tuning: the rest learns as well, in small steps.
  body.set_trainable(true);
  model.compile(
      {.optimizer = optimizers::Adam({.learning_rate = 1e-5}), .loss = "binary_crossentropy", .metrics = {"accuracy"}});
  model.fit(x, is_shoe(train.y.rows(0, samples)), {.batch_size = 32, .epochs = 1});
  model.save("shoes.keras");
}
