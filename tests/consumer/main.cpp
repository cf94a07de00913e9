// Learns which of two numbers is larger, saves, loads, and judges.
#include <cornu/cornu.h>

#include <cstdio>

using namespace cornu;

int main() {
  constexpr int kSamples = 256;
  std::vector<float> points, labels;
  for (int i = 0; i < kSamples; ++i) {
    points.push_back(static_cast<float>(i * 7 % 64) / 64);
    points.push_back(static_cast<float>(i * 13 % 64) / 64);
    labels.push_back(points[points.size() - 2] > points.back() ? 1.0f : 0.0f);
  }
  const Tensor x = Tensor::from(points, {kSamples, 2});
  const Tensor y = Tensor::from(labels, {kSamples, 1});

  utils::set_random_seed(1);
  Sequential model({
      layers::Dense(8, {.activation = "tanh", .input_shape = {2}}),
      layers::Dense(1, {.activation = "sigmoid"}),
  });
  model.compile({.optimizer = "adam", .loss = "binary_crossentropy", .metrics = {"accuracy"}});
  const double before = model.evaluate(x, y, {.verbose = 0})["loss"];
  model.fit(x, y, {.epochs = 20, .verbose = 0});
  const double after = model.evaluate(x, y, {.verbose = 0})["loss"];

  model.save("consumer.keras");
  const double loaded = load_model("consumer.keras").evaluate(x, y, {.verbose = 0})["loss"];

  std::printf("loss %.4f -> %.4f, loaded %.4f\n", before, after, loaded);
  return after < before && loaded == after ? 0 : 1;
}
