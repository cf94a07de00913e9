// The rows of bench/gpu/compare.py through the public API, on whatever engine CORNU_ENGINE names: a row a call. Prints
// one JSON object; times are medians.
//   bench_gpu mlp|cnn EPOCHS SAMPLES         seconds an epoch: MLP 784-64-10 at batch 32, Keras's convnet at batch 128
//   bench_gpu resnet BATCH STEPS IMAGE       seconds a training step of ResNet-50 (SGD with momentum)
//   bench_gpu infer BATCH STEPS IMAGE        seconds a batch that ResNet-50 judges
// CORNU_BENCH_POLICY=mixed_bfloat16 is the dtype policy of all layers but the last of the small networks.
#include <cornu/cornu.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "bench/timing.h"

using namespace cornu;

namespace {

Tensor noise(const Shape& shape) {
  Tensor out = Tensor::empty(shape);
  std::uint32_t state = 1;
  for (std::int64_t i = 0; i < out.size(); ++i) {
    state = state * 1664525u + 1013904223u;
    out.mutable_data<float>()[i] = static_cast<float>(state >> 8) * 0x1p-24f;
  }
  return out;
}

Tensor classes(std::int64_t samples, std::int64_t count) {
  Tensor out = Tensor::empty({samples}, int32);
  for (std::int64_t i = 0; i < samples; ++i)
    out.mutable_data<std::int32_t>()[i] = static_cast<std::int32_t>(i * 7 % count);
  return utils::to_categorical(out, count);
}

// Seconds an epoch, the first one, which compiles, left out.
double epochs(const Model& model, const Tensor& x, const Tensor& y, std::int64_t batch, std::int64_t count) {
  double start = 0;
  std::vector<double> times;
  const Callback clock =
      callbacks::LambdaCallback({.on_epoch_begin = [&](std::int64_t) { start = now(); },
                                 .on_epoch_end = [&](std::int64_t, const Logs&) { times.push_back(now() - start); }});
  model.fit(x, y, {.batch_size = batch, .epochs = count + 1, .verbose = 0, .callbacks = {clock}});
  times.erase(times.begin());
  return median(times);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fputs("usage: bench_gpu mlp|cnn EPOCHS SAMPLES | resnet|infer BATCH STEPS IMAGE\n", stderr);
    return 2;
  }
  if (const char* policy = std::getenv("CORNU_BENCH_POLICY")) config::set_dtype_policy(policy);
  const std::string row = argv[1];
  const std::int64_t first = std::atoll(argv[2]), second = std::atoll(argv[3]);
  double seconds = 0;
  if (row == "mlp") {
    Sequential model({layers::Dense(64, {.activation = "relu", .input_shape = {784}}),
                      layers::Dense(10, {.activation = "softmax", .dtype = "float32"})});
    model.compile({.optimizer = "sgd", .loss = "categorical_crossentropy", .metrics = {"accuracy"}});
    seconds = epochs(model, noise({second, 784}), classes(second, 10), 32, first);
  } else if (row == "cnn") {
    Sequential model({layers::Input({28, 28, 1}), layers::Conv2D(32, 3, {.activation = "relu"}),
                      layers::MaxPooling2D(2), layers::Conv2D(64, 3, {.activation = "relu"}), layers::MaxPooling2D(2),
                      layers::Flatten(), layers::Dropout(0.5),
                      layers::Dense(10, {.activation = "softmax", .dtype = "float32"})});
    model.compile({.optimizer = "adam", .loss = "categorical_crossentropy", .metrics = {"accuracy"}});
    seconds = epochs(model, noise({second, 28, 28, 1}), classes(second, 10), 128, first);
  } else {
    const std::int64_t image = argc > 4 ? std::atoll(argv[4]) : 224, samples = first * second;
    const Model model = applications::ResNet50({.input_shape = {image, image, 3}, .classes = 10});
    const Tensor x = noise({samples, image, image, 3});
    if (row == "resnet") {
      model.compile(
          {.optimizer = optimizers::SGD({.learning_rate = 0.01, .momentum = 0.9}), .loss = "categorical_crossentropy"});
      seconds = epochs(model, x, classes(samples, 10), first, 3) / static_cast<double>(second);
    } else {
      std::vector<double> times;
      for (int i = 0; i < 4; ++i) {
        const double start = now();
        model.predict(x, {.batch_size = first, .verbose = 0});
        if (i > 0) times.push_back((now() - start) / static_cast<double>(second));
      }
      seconds = median(times);
    }
  }
  std::printf("{\"seconds\": %.6f}\n", seconds);
}
