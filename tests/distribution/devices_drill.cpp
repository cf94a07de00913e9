// mpirun -np N devices_drill PLUGIN: N processes train one model on the devices of a plug-in whose devices find each
// other over processes (fake_gpu_plugin.cpp). Each compares with what the CPU engine makes of the same, alone.
#include <cornu/cornu.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "cornu/engine/engine.h"
#include "cornu/engine/process_group.h"
#include "cornu/trainers/test_data.h"
#include "cornu/trainers/trainer.h"

using namespace cornu;

namespace {

// The history, an evaluation, a prediction, then the weights.
std::vector<double> train(const std::string& engine, std::int64_t samples) {
  utils::set_random_seed(3);
  const Sequential model({layers::Dense(8, {.activation = "tanh", .input_shape = {5}}),
                          layers::BatchNormalization({.synchronized = true}),
                          layers::Dense(3, {.activation = "softmax"})});
  model.compile({.optimizer = optimizers::Adam({.learning_rate = 0.01}),
                 .loss = "sparse_categorical_crossentropy",
                 .metrics = {"accuracy"},
                 .engine = engine});
  const Tensor x = numbers({samples, 5}, 1), y = labels(samples);
  std::vector<double> out;
  const History history = model.fit(x, y, {.batch_size = 16, .epochs = 3, .verbose = 0, .validation_split = 0.25});
  for (const auto& [name, values] : history.history) out.insert(out.end(), values.begin(), values.end());
  // A batch that devices cannot share, and one that they can.
  for (const std::int64_t batch : {7, 8})
    for (const auto& [name, value] : model.evaluate(x, y, {.batch_size = batch, .verbose = 0})) out.push_back(value);
  std::vector<Tensor> tensors = model.trainer().get_weights();
  tensors.push_back(model.predict(x, {.batch_size = 10, .verbose = 0}));
  for (const Tensor& t : tensors)
    for (std::int64_t i = 0; i < t.size(); ++i) out.push_back(t.at(i));
  return out;
}

void compare(const std::string& engine, std::int64_t samples) {
  distribution::set_distribution(distribution::DataParallel());
  const std::vector<double> together = train(engine, samples);
  distribution::set_distribution(std::nullopt);
  const std::vector<double> alone = train("cpu", samples);
  if (together.size() != alone.size()) throw std::runtime_error("another number of results");
  double worst = 0;
  for (std::size_t i = 0; i < alone.size(); ++i) worst = std::max(worst, std::fabs(together[i] - alone[i]));
  if (!(worst < 1e-5)) throw std::runtime_error(cat("process ", process_group()->rank(), ": off by ", worst));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: mpirun -np N devices_drill PLUGIN\n", stderr);
    return 2;
  }
  const std::string name = cat("pjrt:", argv[1]);
  try {
    distribution::initialize();
    const Engine& devices = engine(name);
    if (devices.processes() != distribution::num_processes()) throw std::runtime_error("the processes did not meet");
    compare(name, 64);  // 48 to train on: whole batches
    compare(name, 92);  // 69: the last batch has 5
    // In parts, of which each process is given its own.
    setenv("CORNU_DEVICE_MEMORY", "1600", 1);
    compare(name, 64);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "devices_drill: %s\n", error.what());
    distribution::DataParallel().communicator()->abort(1);
  }
  if (distribution::process_id() == 0)
    std::printf("%d processes with %d devices each: as the CPU engine\n", distribution::num_processes(),
                engine(name).devices());
}
