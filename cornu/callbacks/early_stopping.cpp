#include "cornu/callbacks/callbacks.h"
#include "cornu/core/config.h"

namespace cornu::callbacks {
namespace {

class Impl final : public CallbackImpl {
 public:
  explicit Impl(EarlyStoppingOptions options) : o_(std::move(options)) {}

  bool watches_batches() const override { return false; }
  void on_train_begin() override {
    wait_ = stopped_epoch_ = 0;
    best_.reset();
    best_weights_.clear();
    direction_.reset();
  }

  CallbackState state() const override {
    return {"EarlyStopping",
            {{"wait", wait_}, {"stopped_epoch", stopped_epoch_}, {"best", best_ ? Json(*best_) : Json()}},
            best_weights_};
  }
  void set_state(const CallbackState& s) override {
    ConfigReader reader(s.values, "the state of EarlyStopping");
    wait_ = reader.integer("wait", 0);
    stopped_epoch_ = reader.integer("stopped_epoch", 0);
    best_ = reader.optional_number("best");
    reader.finish();
    best_weights_ = s.tensors;
  }

  void on_epoch_end(std::int64_t epoch, const Logs& logs) override {
    const double current = logs[o_.monitor];
    if (!direction_) direction_ = larger_is_better(o_.mode, o_.monitor, model(), "EarlyStopping");
    if (epoch < o_.start_from_epoch) return;
    if (o_.restore_best_weights && best_weights_.empty()) keep();
    ++wait_;
    if (!best_ || improves(current, *best_)) {
      best_ = current;
      if (o_.restore_best_weights) keep();
      if (!o_.baseline || improves(current, *o_.baseline)) wait_ = 0;
      return;
    }
    if (wait_ >= o_.patience && epoch > 0) {
      stopped_epoch_ = epoch;
      model().stop_training();
    }
  }

  void on_train_end(const Logs&) override {
    if (o_.restore_best_weights && !best_weights_.empty()) model().set_weights(best_weights_);
  }

  std::int64_t stopped_epoch() const { return stopped_epoch_; }
  std::optional<double> best() const { return best_; }

 private:
  bool improves(double current, double than) const {
    return *direction_ ? current - std::abs(o_.min_delta) > than : current + std::abs(o_.min_delta) < than;
  }
  void keep() {
    best_weights_.clear();
    for (const Tensor& t : model().get_weights()) best_weights_.push_back(t.copy());
  }

  EarlyStoppingOptions o_;
  std::optional<bool> direction_;
  std::optional<double> best_;
  std::vector<Tensor> best_weights_;
  std::int64_t wait_ = 0, stopped_epoch_ = 0;
};

}  // namespace

EarlyStopping::EarlyStopping(EarlyStoppingOptions options) : Callback(std::make_shared<Impl>(std::move(options))) {}
std::int64_t EarlyStopping::stopped_epoch() const { return dynamic_cast<const Impl&>(impl()).stopped_epoch(); }
std::optional<double> EarlyStopping::best() const { return dynamic_cast<const Impl&>(impl()).best(); }

bool larger_is_better(const std::string& mode, const std::string& monitor, const TrainingModel& model,
                      const std::string& who) {
  if (mode == "min") return false;
  if (mode == "max") return true;
  if (mode != "auto")
    throw ValueError(cat("[", who, "] received: mode=\"", mode, "\"\n  expected: \"auto\", \"min\" or \"max\""));
  const std::string log = starts_with(monitor, "val_") ? monitor.substr(4) : monitor;
  const int direction = log == "loss" ? -1 : model.direction_of(log);
  if (direction == 0)
    throw ValueError(cat("[", who, "] cannot know whether a larger or a smaller \"", monitor,
                         "\" is better\n  expected: .mode = \"min\" or \"max\""));
  return direction > 0;
}

}  // namespace cornu::callbacks
