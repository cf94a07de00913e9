// The arguments of compile, fit, evaluate and predict, in Keras's order with Keras's defaults.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cornu/callbacks/callback.h"
#include "cornu/core/number.h"
#include "cornu/core/one_or_many.h"
#include "cornu/core/tensor.h"
#include "cornu/losses/loss.h"
#include "cornu/metrics/metric.h"
#include "cornu/optimizers/optimizer.h"
#include "cornu/trainers/metric_lists.h"

namespace cornu {

struct CompileArguments {
  Optimizer optimizer = "rmsprop";
  // One for all outputs, a list, or a dict by the outputs' names: {{"class", "categorical_crossentropy"}, {"value",
  // "mse"}}.
  OneOrMany<Loss> loss = {};
  // What each loss counts in the sum.
  OneOrMany<Number> loss_weights = {};
  MetricLists metrics = {};
  MetricLists weighted_metrics = {};
  // Under the policy "mixed_float16" the optimizer becomes a LossScaleOptimizer around itself.
  bool auto_scale_loss = true;
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

// Several inputs or outputs: a list in the model's order, or a dict by name. A single sample_weight is for all outputs.
struct ValidationData {
  OneOrMany<Tensor> x;
  OneOrMany<Tensor> y;
  OneOrMany<Tensor> sample_weight = {};
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
  OneOrMany<Tensor> sample_weight = {};
  std::int64_t initial_epoch = 0;
  std::optional<std::int64_t> steps_per_epoch = {};
  std::optional<std::int64_t> validation_steps = {};
  std::optional<std::int64_t> validation_batch_size = {};
  std::int64_t validation_freq = 1;
};

struct EvaluateArguments {
  std::int64_t batch_size = 32;
  Verbose verbose = "auto";
  OneOrMany<Tensor> sample_weight = {};
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
  OneOrMany<Tensor> sample_weight = {};
  std::map<std::int64_t, double> class_weight = {};
};

struct LoadWeightsArguments {
  // Layers take the weights of the layer of the same name in the file, and those that it does not have keep theirs. Not
  // for .weights.h5, which does not name its layers. Otherwise in order.
  bool by_name = false;
  // Weights whose number or shape does not fit are left as they are.
  bool skip_mismatch = false;
  // One sentence for each that was left, when given.
  std::vector<std::string>* notes = nullptr;
};

}  // namespace cornu
