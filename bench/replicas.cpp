// What sharing a batch costs. Started by mpirun or alone; the first process prints one JSON object a line.
//   bench_replicas cnn|mlp BATCH_A_RANK STEPS    microseconds a training step: every process has so many rows
//   bench_replicas sums                          microseconds a sum of so many bytes takes, by the calls that training
//   makes
#include <cornu/cornu.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "bench/timing.h"

using namespace cornu;

namespace {

// The models of bench_convnet and bench_lecture.
Sequential model_of(const std::string& name) {
  if (name == "cnn")
    return Sequential({layers::Input({28, 28, 1}), layers::Conv2D(32, 3, {.activation = "relu"}),
                       layers::MaxPooling2D(2), layers::Conv2D(64, 3, {.activation = "relu"}), layers::MaxPooling2D(2),
                       layers::Flatten(), layers::Dropout(0.5), layers::Dense(10, {.activation = "softmax"})});
  return Sequential(
      {layers::Dense(64, {.activation = "relu", .input_shape = {784}}), layers::Dense(10, {.activation = "softmax"})});
}

void steps(const std::string& name, std::int64_t batch, std::int64_t count) {
  const int ranks = distribution::num_processes();
  const std::int64_t rows = batch * ranks * count;
  const Sequential model = model_of(name);
  model.compile({.optimizer = name == "cnn" ? "adam" : "sgd",
                 .loss = "sparse_categorical_crossentropy",
                 .metrics = {"accuracy"},
                 .threads = 1});
  Tensor x = Tensor::empty(name == "cnn" ? Shape{rows, 28, 28, 1} : Shape{rows, 784}, float32);
  RandomStream random(1);
  for (std::int64_t i = 0; i < x.size(); ++i)
    x.mutable_data<float>()[i] = static_cast<float>(random.next_word()) * 0x1p-32F;
  Tensor y = Tensor::empty({rows}, int32);
  for (std::int64_t i = 0; i < rows; ++i)
    y.mutable_data<std::int32_t>()[i] = static_cast<std::int32_t>(random.below(10));
  double start = 0;
  std::vector<double> times;
  const Callback clock =
      callbacks::LambdaCallback({.on_epoch_begin = [&](std::int64_t) { start = now(); },
                                 .on_epoch_end = [&](std::int64_t, const Logs&) { times.push_back(now() - start); }});
  model.fit(x, y, {.batch_size = batch * ranks, .epochs = 6, .verbose = 0, .callbacks = {clock}});
  times.erase(times.begin());  // plans are compiled in the first
  std::int64_t weights = 0;
  for (const Tensor& w : model.get_weights()) weights += w.size();
  if (distribution::process_id() == 0)
    std::printf("{\"model\": \"%s\", \"ranks\": %d, \"rows\": %lld, \"step_us\": %.1f, \"gradient_bytes\": %lld}\n",
                name.c_str(), ranks, static_cast<long long>(batch), median(times) / static_cast<double>(count) * 1e6,
                static_cast<long long>(weights * 4));
}

void sums() {
  const auto communicator = distribution::DataParallel().communicator();
  if (!communicator) {
    std::fputs("bench_replicas: sums takes two processes: mpirun -np 2 bench_replicas sums\n", stderr);
    std::exit(2);
  }
  for (std::size_t bytes = 4; bytes <= (std::size_t{64} << 20); bytes *= 4) {
    Tensor memory = Tensor::full({static_cast<std::int64_t>(bytes / 4)}, 0.0);
    void* data = memory.mutable_raw();
    const int repeats = bytes <= 65536 ? 201 : bytes <= (std::size_t{4} << 20) ? 41 : 7;
    std::vector<double> times;
    for (int i = 0; i < repeats; ++i) {
      communicator->barrier();
      const double start = now();
      communicator->start_sum(0, data, bytes / 4, float32);
      communicator->finish(0);
      times.push_back(now() - start);
    }
    if (communicator->rank() == 0)
      std::printf("{\"ranks\": %d, \"bytes\": %zu, \"us\": %.1f}\n", communicator->size(), bytes, median(times) * 1e6);
  }
}

}  // namespace

int main(int argc, char** argv) {
  distribution::initialize();
  distribution::set_distribution(distribution::DataParallel());
  if (argc == 2 && std::strcmp(argv[1], "sums") == 0) {
    sums();
  } else if (argc == 4) {
    steps(argv[1], std::atoll(argv[2]), std::atoll(argv[3]));
  } else {
    std::fputs("usage: bench_replicas cnn|mlp BATCH_A_RANK STEPS | sums\n", stderr);
    return 2;
  }
}
