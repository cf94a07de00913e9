// The loops: epochs over batches, evaluation, single batches.
#include <algorithm>
#include <cmath>

#include "cornu/core/error.h"
#include "cornu/core/random.h"
#include "cornu/trainers/trainer.h"

namespace cornu {
namespace {

Logs sorted(const Logs& logs) {
  std::vector<std::pair<std::string, double>> items(logs.begin(), logs.end());
  std::sort(items.begin(), items.end());
  Logs out;
  for (const auto& [name, value] : items) out.set(name, value);
  return out;
}

void check_count(std::string_view what, const char* argument, std::int64_t value, std::int64_t least) {
  if (value < least)
    throw ValueError(cat("[", what, "] received: ", argument, "=", value, "\n  expected: at least ", least));
}

void check_counts(const FitArguments& a) {
  check_count("fit", "batch_size", a.batch_size, 1);
  check_count("fit", "epochs", a.epochs, 0);
  check_count("fit", "initial_epoch", a.initial_epoch, 0);
  check_count("fit", "steps_per_epoch", a.steps_per_epoch.value_or(1), 1);
  check_count("fit", "validation_freq", a.validation_freq, 1);
}

// Keras: the tail of the arrays, before anything is shuffled.
std::optional<DataArrays> split_validation(DataArrays& data, double split) {
  if (split == 0.0) return std::nullopt;
  if (!(split > 0.0 && split < 1.0))
    throw ValueError(cat("[fit] received: validation_split=", split, "\n  expected: 0 <= split < 1"));
  const auto at = static_cast<std::int64_t>(std::floor(static_cast<double>(data.samples()) * (1.0 - split)));
  if (at == 0 || at == data.samples())
    throw ValueError(cat("[fit] validation_split=", split, " of ", data.samples(),
                         " samples leaves nothing to train or to validate with"));
  DataArrays validation = data.rows(at, data.samples());
  data = data.rows(0, at);
  return validation;
}

}  // namespace

Logs Trainer::sorted_logs() const { return sorted(logs()); }

void Trainer::run_batches(const DataArrays& data, Batches& batches, StepKind kind, std::int64_t first,
                          std::int64_t begin, std::int64_t end, const std::vector<Callback>& callbacks,
                          const std::function<void(std::int64_t)>& done) {
  Logs batch_logs;
  bool fresh = false;
  const CallbackImpl::BatchLogs lazily = [&]() -> const Logs& {
    if (!fresh) batch_logs = sorted(logs());
    fresh = true;
    return batch_logs;
  };
  const bool train = kind == StepKind::kTrain;
  const Plan* plan_now = nullptr;
  std::int64_t planned = -1;
  for (std::int64_t b = begin; b < end && !(train && stop_); ++b) {
    for (const Callback& c : callbacks) train ? c.impl().on_train_batch_begin(b) : c.impl().on_test_batch_begin(b);
    if (batches.size(first + b) != planned) {
      planned = batches.size(first + b);
      const std::int64_t rows = batches.rows(first + b);
      const Builder::Share share = batches.share(first + b);
      const auto x = batch_types(data.x, rows), y = batch_types(data.y, rows);
      const bool weighted = !data.sample_weight.empty();
      plan_now = batches.shuffled() ? &shuffled_plan(x, y, weighted, data.samples(), share)
                                    : &plan(kind, x, y, weighted, share);
    }
    batches.select(first + b);
    run_step(*plan_now, batches);
    fresh = false;
    for (const Callback& c : callbacks)
      train ? c.impl().on_train_batch_end(b, lazily) : c.impl().on_test_batch_end(b, lazily);
    if (done) done(b);
  }
}

void Trainer::run_epoch(FitProgress& at, const DataArrays& data, Batches& batches, const FitArguments& a) {
  const std::int64_t steps = a.steps_per_epoch.value_or(batches.count());
  const std::int64_t end = std::min(steps, batches.count() - at.position);
  const auto done = [&](std::int64_t batch) {
    at.batch = batch + 1;
    at.stopped = stop_;
    write_backup(at, data, a);
  };
  if (device_)
    run_on_device(*device_, data, batches, at.position, at.batch, end, a.callbacks, done);
  else
    run_batches(data, batches, StepKind::kTrain, at.position, at.batch, end, a.callbacks, done);
  at.position += end;
  at.logs = sorted(logs());
}

History Trainer::fit(DataArrays data, std::optional<DataArrays> validation, const FitArguments& a) {
  check_counts(a);
  if (!validation) validation = split_validation(data, a.validation_split);
  build_optimizer();
  build_trackers(data.y);
  join_replicas("fit", data, a.batch_size);
  share_state();
  Batches batches(data, a.batch_size, ranks());
  open_device(StepKind::kTrain, data, a.batch_size, false);
  if (test_device_) test_device_->holds = nullptr;  // what lies there may have been written to since
  for (const Callback& c : a.callbacks)
    c.impl().attach(this, {shown(a.verbose), a.epochs, a.steps_per_epoch.value_or(batches.count())});
  FitProgress at;
  at.epoch = a.initial_epoch;
  stop_ = false;
  backup_.reset();
  resume_.reset();
  for (const Callback& c : a.callbacks) c.impl().on_train_begin();
  std::vector<CallbackState> states;
  if (auto interrupted = share_backup(read_backup(data, a, states), states)) {
    at = std::move(*interrupted);
    stop_ = at.stopped && at.batch == 0;
    restore_callbacks(a.callbacks, states);
    if (a.shuffle && (at.position > 0 || at.batch > 0)) batches.shuffle(at.order_seed);
  }
  while (at.epoch < a.epochs && !stop_) {
    for (const Callback& c : a.callbacks) c.impl().on_epoch_begin(at.epoch);
    if (at.batch > 0) {
      restore_callbacks(a.callbacks, states);  // the epoch had begun before
      stop_ = at.stopped;
    } else {
      begin_epoch(at, batches, a);
    }
    run_epoch(at, data, batches, a);
    if (validation && (at.epoch + 1) % a.validation_freq == 0) {
      EvaluateArguments e{.batch_size = a.validation_batch_size.value_or(a.batch_size),
                          .steps = a.validation_steps,
                          .callbacks = a.callbacks};
      for (const auto& [name, value] : sorted(evaluate(*validation, e, true))) at.logs.set("val_" + name, value);
    }
    for (const Callback& c : a.callbacks) c.impl().on_epoch_end(at.epoch, at.logs);
    at.history.add(at.epoch++, at.logs);
    at.batch = 0;
    at.stopped = stop_;
    write_backup(at, data, a);
  }
  finish_ema();
  for (const Callback& c : a.callbacks) c.impl().on_train_end(at.logs);
  return std::move(at.history);
}

void Trainer::begin_epoch(FitProgress& at, Batches& batches, const FitArguments& a) {
  reset_metrics();
  // With steps_per_epoch an epoch goes on where the last one ended, and ends early where the data do, as in Keras.
  if (!a.steps_per_epoch || at.position >= batches.count()) at.position = 0;
  if (!a.shuffle || at.position > 0) return;
  // The order depends on the process's seed and on how far training is, so that a resumed run repeats it.
  at.order_seed = derived_seed(static_cast<std::uint64_t>(iterations()));
  batches.shuffle(at.order_seed);
}

Logs Trainer::evaluate(const DataArrays& data, const EvaluateArguments& a, bool inside_fit) {
  check_count("evaluate", "batch_size", a.batch_size, 1);
  check_count("evaluate", "steps", a.steps.value_or(1), 1);
  build_trackers(data.y);
  join_replicas("evaluate", data, a.batch_size);
  if (!shared_) share_state();
  Batches batches(data, a.batch_size, ranks());
  const std::int64_t steps = std::min(batches.count(), a.steps.value_or(batches.count()));
  if (!inside_fit)
    for (const Callback& c : a.callbacks) c.impl().attach(this, {shown(a.verbose), 1, steps});
  for (const Callback& c : a.callbacks) c.impl().on_test_begin();
  reset_metrics();
  // A single batch is sent and computed with in one go.
  DeviceStep* const device = steps > 1 ? open_device(StepKind::kTest, data, a.batch_size, inside_fit) : nullptr;
  if (device)
    run_on_device(*device, data, batches, 0, 0, steps, a.callbacks);
  else
    run_batches(data, batches, StepKind::kTest, 0, 0, steps, a.callbacks);
  const Logs out = logs();
  for (const Callback& c : a.callbacks) c.impl().on_test_end(sorted(out));
  return out;
}

Logs Trainer::train_on_batch(DataArrays data) {
  build_optimizer();
  build_trackers(data.y);
  join_replicas("train_on_batch", data, data.samples());
  if (!shared_) share_state();
  Batches batches(data, data.samples(), ranks());
  reset_metrics();
  stop_ = false;
  run_batches(data, batches, StepKind::kTrain, 0, 0, 1, {});
  return logs();
}

Logs Trainer::test_on_batch(DataArrays data) { return evaluate(data, {.batch_size = data.samples()}); }

void Trainer::finish_ema() {
  if (!arguments().optimizer.impl().options().use_ema) return;
  // Keras ends a fit by putting the averages in the place of the weights.
  std::vector<Tensor> weights, slots;
  for (const Variable& v : trained_) weights.push_back(v.value());
  for (const SlotSpec& s : slots_) slots.push_back(s.initial);
  const std::vector<Tensor> averages = arguments().optimizer.final_weights(weights, slots);
  for (std::size_t i = 0; i < trained_.size(); ++i) trained_[i].assign(averages[i].copy());
}

}  // namespace cornu
