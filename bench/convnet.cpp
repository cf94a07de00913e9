// The "simple MNIST convnet" of Keras's examples through the public API: an epoch of training (Adam, batch 128), one
// image and 32 images judged. Prints one JSON object.
//   bench_convnet [THREADS] [EPOCHS]
#include <cornu/cornu.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "bench/timing.h"

using namespace cornu;

namespace {

double judge(const Model& model, const Tensor& x, int repeats) {
  Tensor answer;
  std::vector<double> times;
  for (int i = 0; i < repeats; ++i) {
    const double start = now();
    model.predict_on_batch(x, answer);
    times.push_back(now() - start);
  }
  return median(times);
}

}  // namespace

int main(int argc, char** argv) {
  const int threads = argc > 1 ? std::atoi(argv[1]) : 2;
  const int epochs = argc > 2 ? std::atoi(argv[2]) : 3;
  auto [train, test] = datasets::fashion_mnist::load_data();
  const Tensor x = std::move(train.x).reshape({60000, 28, 28, 1}).astype(float32) / 255.0f;
  const Tensor y = utils::to_categorical(train.y, 10);
  const Tensor x_test = std::move(test.x).reshape({10000, 28, 28, 1}).astype(float32) / 255.0f;

  Sequential model({layers::Input({28, 28, 1}), layers::Conv2D(32, 3, {.activation = "relu"}), layers::MaxPooling2D(2),
                    layers::Conv2D(64, 3, {.activation = "relu"}), layers::MaxPooling2D(2), layers::Flatten(),
                    layers::Dropout(0.5), layers::Dense(10, {.activation = "softmax"})});
  model.compile({.optimizer = "adam", .loss = "categorical_crossentropy", .metrics = {"accuracy"}, .threads = threads});

  double start = 0;
  std::vector<double> epoch_times;
  const Callback clock = callbacks::LambdaCallback(
      {.on_epoch_begin = [&](std::int64_t) { start = now(); },
       .on_epoch_end = [&](std::int64_t, const Logs&) { epoch_times.push_back(now() - start); }});
  const History history = model.fit(x, y, {.batch_size = 128, .epochs = epochs, .verbose = 0, .callbacks = {clock}});
  const Logs scores = model.evaluate(x_test, utils::to_categorical(test.y, 10), {.batch_size = 128, .verbose = 0});

  std::printf(
      "{\"threads\": %d, \"epoch_s\": %.3f, \"test_accuracy\": %.4f, \"judge_1_us\": %.1f, \"judge_32_us\": %.1f}\n",
      threads, median(epoch_times), scores["accuracy"], judge(model, x_test.rows(0, 1).copy(), 3001) * 1e6,
      judge(model, x_test.rows(0, 32).copy(), 501) * 1e6);
}
