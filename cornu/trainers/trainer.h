// Trainer: the state of a compiled model (optimizer, metrics, plans) and the loops over batches. Model is its face.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>

#include "cornu/engine/engine.h"
#include "cornu/judge/prediction.h"
#include "cornu/trainers/batches.h"
#include "cornu/trainers/fit_progress.h"
#include "cornu/trainers/step_graph.h"

namespace cornu {

namespace saving {
struct ModelFile;
}

// A step of training or testing: what its graph was made for, and where its parameters come from.
struct Step {
  StepKind kind;
  std::vector<ir::Type> types;  // of x, then y
  bool sample_weight = false;
  std::int64_t samples = 0;  // StepInputs::samples
  Builder::Share share;      // StepInputs::share
  std::size_t inputs = 0;    // how many of the types are x
  std::vector<Binding> parameters;
  std::vector<int> outputs;  // the parameter that each updates
};

// One that was compiled to be run from the host.
struct Plan : Step {
  std::unique_ptr<Executable> executable;
  Plan* next = nullptr;
};

// Over what batches are spread, in equal parts.
struct Spread {
  int devices = 1;                 // of each process
  int processes = 1, process = 0;  // how many, and which of them this is
  int count() const { return devices * processes; }
  bool operator==(const Spread&) const = default;
};

// One that is run again and again in the memory of a device, or of several.
struct DeviceStep : Step {
  std::int64_t batch = 0, lines = 0;  // samples of a step; steps of one program, at most
  Spread spread;
  bool streamed = false;             // the data come in parts of `lines` batches; else they lie there, all of them
  std::vector<std::size_t> by_line;  // parameters: the numbers of the rows, or, streamed, the data
  const void* holds = nullptr;       // where the data that lie there came from
  std::unique_ptr<Loop> loop;
};

class Trainer final : public TrainingModel {
 public:
  explicit Trainer(Layer network) : network_(std::move(network)), impl_(&network_of(network_)) {}
  ~Trainer() override;

  NetworkImpl& network() const { return *impl_; }

  void compile(CompileArguments arguments);
  // After layers were added or taken away: what was compiled is for another network, and so is the optimizer's state.
  void network_changed();
  bool compiled() const { return compiled_.has_value(); }
  const CompileArguments& arguments() const;

  // Optimizer state; made when the variables are known.
  bool optimizer_built() const { return optimizer_built_; }
  void build_optimizer();
  // Keras's order: iteration, learning_rate (absent with a schedule), slots; with Keras's names.
  std::vector<std::pair<std::string, Tensor>> optimizer_variables() const;
  // Throws ValueError when count or shapes differ, and then nothing has changed.
  void set_optimizer_variables(const std::vector<Tensor>& values);
  // The same from a file: one of an optimizer that never made a step holds no slots.
  void restore_optimizer(std::vector<Tensor> values);
  std::int64_t iterations() const { return iterations_.data<std::int64_t>()[0]; }

  History fit(DataArrays data, std::optional<DataArrays> validation, const FitArguments& arguments);
  Logs evaluate(const DataArrays& data, const EvaluateArguments& arguments, bool inside_fit = false);
  std::vector<Tensor> predict(const std::vector<Tensor>& x, const PredictArguments& arguments) const;
  // One batch; `y` is used again when it fits and nobody else holds it.
  void predict_batch(const Tensor& x, Tensor& y) const;
  Logs train_on_batch(DataArrays data);
  Logs test_on_batch(DataArrays data);

  // Brings data to what steps take and checks it against the model. Without targets only the inputs are looked at.
  // Throws ValueError.
  DataArrays prepare(const OneOrMany<Tensor>& x, const OneOrMany<Tensor>& y, const OneOrMany<Tensor>& sample_weight,
                     const std::map<std::int64_t, double>& class_weight, std::string_view what);
  // What compile() said for each output. Throws ValueError when the network is not built or not compiled.
  const OutputPlans& outputs();

  // What callbacks may do.
  std::string name() const override { return network_.name(); }
  std::vector<Tensor> get_weights() const override;
  void set_weights(const std::vector<Tensor>& weights) override;
  // Of several processes that train together, the first alone writes.
  void save(const std::string& path) const override {
    if (writes_files()) save_(path, false);
  }
  void save_weights(const std::string& path) const override {
    if (writes_files()) save_(path, true);
  }
  bool writes_files() const override;
  double learning_rate() const override;
  void set_learning_rate(double rate) override;
  void stop_training() override { stop_ = true; }
  int direction_of(const std::string& log) const override;
  void back_up(const std::string& path) override { backup_ = path; }
  void go_on_from(const std::string& path) override { resume_ = path; }
  std::function<void(const std::string&, bool weights_only)> save_;

  // What a file holds beside architecture and weights, when the model is compiled.
  void add_training(saving::ModelFile& file) const;

  // The graph of one step, as it is compiled for data of these types; once such a step has run.
  StepGraph step_graph(StepKind kind, const std::vector<ir::Type>& x, const std::vector<ir::Type>& y,
                       bool sample_weight = false, std::int64_t samples = 0, const Builder::Share& share = {}) const;

 private:
  const Plan& plan(StepKind kind, const std::vector<ir::Type>& x, const std::vector<ir::Type>& y, bool sample_weight,
                   const Builder::Share& share) const;
  const Plan* find_plan(StepKind kind, const std::vector<ir::Type>& x, const std::vector<ir::Type>& y,
                        bool sample_weight, const Builder::Share& share) const;
  const Prediction& prediction(const std::vector<ir::Type>& x) const;
  std::unique_ptr<Plan> make_plan(StepKind kind, const std::vector<ir::Type>& x, const std::vector<ir::Type>& y,
                                  bool sample_weight, std::int64_t samples, const Builder::Share& share) const;
  // A step of training that takes its rows from `samples` of them.
  const Plan& shuffled_plan(const std::vector<ir::Type>& x, const std::vector<ir::Type>& y, bool sample_weight,
                            std::int64_t samples, const Builder::Share& share);
  // Steps were compiled for another network, or to add up over other processes.
  void forget_plans();
  void build_trackers(const std::vector<Tensor>& y);
  void add_metrics(const std::vector<Tensor>& y, std::vector<Tracker>& trackers);
  void reset_metrics();
  // Logs in the order of evaluate: the loss, with several outputs their losses, then the metrics.
  Logs logs() const;
  // The same in the order of their names, as callbacks get them.
  Logs sorted_logs() const;
  void run_step(const Plan& plan, const Batches& batches);
  // Where what belongs to the trainer lies: everything but data.
  void* memory_of(const Binding& binding, bool to_write);

  // replicas.cpp: with the processes of this thread's distribution. Throws ValueError when they were not called alike.
  void join_replicas(std::string_view what, const DataArrays& data, std::int64_t batch_size);
  Ranks ranks() const;
  // Everybody gets weights, optimizer and seeds of the first.
  void share_state();
  // The same, and where the first one's interrupted fit was, if it was in one.
  std::optional<FitProgress> share_backup(std::optional<FitProgress> progress, std::vector<CallbackState>& states);
  // One process shows progress.
  int shown(const Verbose& verbose) const { return writes_files() ? verbose.value : 0; }

  // device.cpp: for engines with memory of their own. Null when the engine computes in the host's. What lies on the
  // device stays there for `same_data`.
  DeviceStep* open_device(StepKind kind, const DataArrays& data, std::int64_t batch_size, bool same_data);
  std::unique_ptr<DeviceStep> make_device_step(StepKind kind, const DataArrays& data, std::int64_t batch,
                                               const Spread& spread) const;
  // Over what batches of this size are spread. Training throws ValueError for a size that devices cannot share evenly,
  // a test then takes one.
  static int devices_given(const Engine& engine);  // by this thread's distribution
  Spread spread_for(StepKind kind, std::int64_t batch_size) const;
  void to_device(const DeviceStep& step);
  void from_device(const DeviceStep& step, bool metrics_alone);
  // As run_batches() does. What callbacks see is said in callback.h.
  void run_on_device(DeviceStep& step, const DataArrays& data, Batches& batches, std::int64_t first, std::int64_t begin,
                     std::int64_t end, const std::vector<Callback>& callbacks,
                     const std::function<void(std::int64_t)>& done = nullptr);
  void run_rest(StepKind kind, const DataArrays& data, Batches& batches, std::int64_t number);
  // All whole batches of a prediction, many of them one program, into `out`, which is allocated for the outputs of one
  // batch. How many batches that were: 0 when it is not worth it, or the engine computes in the host's memory.
  std::int64_t predict_on_device(const std::vector<Tensor>& x, std::int64_t batch, std::int64_t steps,
                                 const std::function<void(const std::vector<ir::Type>&)>& allocate,
                                 std::vector<Tensor>& out) const;
  static bool watched(const std::vector<Callback>& callbacks);
  // Steps [begin, end) of an epoch or an evaluation: batches first + begin, ... of `data`, which `batches` cuts. After
  // each, when everybody has seen it, `done` is called with its number.
  void run_batches(const DataArrays& data, Batches& batches, StepKind kind, std::int64_t first, std::int64_t begin,
                   std::int64_t end, const std::vector<Callback>& callbacks,
                   const std::function<void(std::int64_t)>& done = nullptr);
  void begin_epoch(FitProgress& at, Batches& batches, const FitArguments& arguments);
  void run_epoch(FitProgress& at, const DataArrays& data, Batches& batches, const FitArguments& arguments);
  // When a callback has asked for it. Throws FileError.
  void write_backup(const FitProgress& progress, const DataArrays& data, const FitArguments& arguments);
  // Likewise: everything is as it was then, but for the callbacks, whose states are given back. Throws FileError, and
  // then nothing has changed.
  std::optional<FitProgress> read_backup(const DataArrays& data, const FitArguments& arguments,
                                         std::vector<CallbackState>& callback_states);
  static void restore_callbacks(const std::vector<Callback>& callbacks, const std::vector<CallbackState>& states);
  void finish_ema();

  // The variable of the learning rate: an inner optimizer's, where there is one. Throws ValueError for a schedule.
  Tensor& rate();

  Layer network_;
  NetworkImpl* impl_;
  std::optional<CompileArguments> compiled_;
  std::vector<Variable> trained_;
  bool optimizer_built_ = false;
  Tensor iterations_ = Tensor::scalar<std::int64_t>(0);
  Tensor learning_rate_ = Tensor::scalar<float>(0);
  std::vector<SlotSpec> slots_;  // `initial` holds the current value
  std::optional<OutputPlans> outputs_;
  std::vector<Tracker> trackers_;
  bool stop_ = false;
  std::optional<std::string> backup_, resume_;  // what callbacks have asked for

  std::shared_ptr<Communicator> communicator_;  // of the processes that train together; null: this one alone
  bool shared_ = false;                         // their states are equal

  Predictor predictor_;
  // Steps compiled so far: a list that only grows, so that readers need no lock.
  mutable std::atomic<Plan*> plans_{nullptr};
  mutable std::mutex plans_mutex_;
  std::unique_ptr<DeviceStep> device_, test_device_;
  // One network applied to many batches on the device, for inputs of these types.
  struct DevicePrediction {
    std::vector<ir::Type> inputs;   // of one batch
    std::vector<ir::Type> outputs;  // of a device's part of it
    std::int64_t lines = 0;
    int devices = 1;
    std::vector<ForwardGraph::Parameter> parameters;
    std::unique_ptr<Loop> loop;
  };
  // The last one: who predicts with ever other shapes keeps no others.
  mutable std::unique_ptr<DevicePrediction> device_prediction_;
  mutable std::mutex device_prediction_mutex_;  // a loop is one thread's at a time
  // Those of shuffled training, for one number of samples; only fit uses them.
  std::vector<std::unique_ptr<Plan>> shuffled_plans_;
};

}  // namespace cornu
