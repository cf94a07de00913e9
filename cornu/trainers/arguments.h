// The arguments of compile, fit, evaluate and predict, in Keras's order with Keras's defaults.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cornu/callbacks/callback.h"
#include "cornu/core/tensor.h"
#include "cornu/losses/loss.h"
#include "cornu/metrics/metric.h"
#include "cornu/optimizers/optimizer.h"

namespace cornu {

struct CompileArguments {
  Optimizer optimizer = "rmsprop";
  Loss loss = {};
  std::vector<Metric> metrics = {};
  std::vector<Metric> weighted_metrics = {};
  // Cornu's own: which engine runs the model ("": the default), and on how many threads (0: all cores).
  std::string engine = {};
  int threads = 0;
};

// Keras's verbose: 0 silent, 1 a progress bar, 2 a line an epoch; "auto" is 1.
struct Verbose {
  Verbose(int v) : value(v) {}
  Verbose(const char* v);  // "auto"; throws ValueError otherwise
  int value;
};

struct ValidationData {
  Tensor x;
  Tensor y;
  std::optional<Tensor> sample_weight = {};
};

struct FitArguments {
  std::int64_t batch_size = 32;
  std::int64_t epochs = 1;
  Verbose verbose = "auto";
  std::vector<Callback> callbacks = {};
  double validation_split = 0.0;
  std::optional<ValidationData> validation_data = {};
  bool shuffle = true;
  std::map<std::int64_t, double> class_weight = {};
  std::optional<Tensor> sample_weight = {};
  std::int64_t initial_epoch = 0;
  std::optional<std::int64_t> steps_per_epoch = {};
  std::optional<std::int64_t> validation_steps = {};
  std::optional<std::int64_t> validation_batch_size = {};
  std::int64_t validation_freq = 1;
};

struct EvaluateArguments {
  std::int64_t batch_size = 32;
  Verbose verbose = "auto";
  std::optional<Tensor> sample_weight = {};
  std::optional<std::int64_t> steps = {};
  std::vector<Callback> callbacks = {};
};

struct PredictArguments {
  std::int64_t batch_size = 32;
  Verbose verbose = "auto";
  std::optional<std::int64_t> steps = {};
  std::vector<Callback> callbacks = {};
};

struct BatchArguments {
  std::optional<Tensor> sample_weight = {};
  std::map<std::int64_t, double> class_weight = {};
};

}  // namespace cornu
