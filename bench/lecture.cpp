// The lecture's model through the public API: seconds an epoch, microseconds a judgment. Prints one JSON object.
//   bench_lecture [THREADS] [EPOCHS] [SHUFFLE]
#include <cornu/cornu.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "bench/timing.h"

using namespace cornu;

namespace {

template <class F>
double timed(int repeats, F&& work) {
  std::vector<double> times;
  for (int i = 0; i < repeats; ++i) {
    const double start = now();
    work();
    times.push_back(now() - start);
  }
  return median(times);
}

}  // namespace

int main(int argc, char** argv) {
  const int threads = argc > 1 ? std::atoi(argv[1]) : 1;
  const int epochs = argc > 2 ? std::atoi(argv[2]) : 7;
  const bool shuffle = argc < 4 || std::atoi(argv[3]) != 0;
  auto [train, test] = datasets::fashion_mnist::load_data();
  const Tensor x = std::move(train.x).reshape({60000, 784}).astype(float32) / 255.0f;
  const Tensor y = utils::to_categorical(train.y, 10);
  const Tensor x_test = std::move(test.x).reshape({10000, 784}).astype(float32) / 255.0f;

  Sequential model(
      {layers::Dense(64, {.activation = "relu", .input_shape = {784}}), layers::Dense(10, {.activation = "softmax"})});
  model.compile({.optimizer = "sgd", .loss = "categorical_crossentropy", .metrics = {"accuracy"}, .threads = threads});

  double start = 0;
  std::vector<double> epoch_times;
  const Callback clock = callbacks::LambdaCallback(
      {.on_epoch_begin = [&](std::int64_t) { start = now(); },
       .on_epoch_end = [&](std::int64_t, const Logs&) { epoch_times.push_back(now() - start); }});
  const History history =
      model.fit(x, y, {.batch_size = 32, .epochs = epochs, .verbose = 0, .callbacks = {clock}, .shuffle = shuffle});

  const Tensor one = x_test.rows(0, 1).copy();
  Tensor answer;
  const double single = timed(51, [&] {
    for (int i = 0; i < 1000; ++i) model.predict_on_batch(one, answer);
  });
  const double all = timed(11, [&] { model.predict(x_test, {.batch_size = 32, .verbose = 0}); });
  std::printf(
      "{\"threads\": %d, \"epoch_s\": %.5f, \"epoch_min_s\": %.5f, \"accuracy\": %.4f, \"judge_one_us\": %.3f, "
      "\"predict_10000_ms\": %.3f}\n",
      threads, median(epoch_times), *std::min_element(epoch_times.begin(), epoch_times.end()),
      history["accuracy"].back(), single * 1e3, all * 1e3);
}
