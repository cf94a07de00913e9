// Callback: what a user hangs into fit, evaluate and predict. The library itself prints nothing: a progress bar is a
// callback that owns a stream.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cornu/callbacks/logs.h"
#include "cornu/core/json.h"
#include "cornu/core/tensor.h"

namespace cornu {

// What a callback may do with the model that is being trained.
class TrainingModel {
 public:
  virtual ~TrainingModel() = default;
  virtual std::string name() const = 0;
  virtual std::vector<Tensor> get_weights() const = 0;
  virtual void set_weights(const std::vector<Tensor>& weights) = 0;
  virtual void save(const std::string& path) const = 0;
  // The weights, and the optimizer's state, without the architecture: .weights.h5.
  virtual void save_weights(const std::string& path) const = 0;
  // Whether this process is the one that writes files. Of several that train the same model together, one is; they all
  // see the same logs, and every callback has to decide alike in all of them.
  virtual bool writes_files() const { return true; }
  // Throws ValueError when the rate is a schedule.
  virtual double learning_rate() const = 0;
  virtual void set_learning_rate(double rate) = 0;
  // Ends fit after the current batch.
  virtual void stop_training() = 0;
  // Keep what it takes to go on from here exactly, and go on from there. Both happen when every callback has seen what
  // is going on: the end of this batch or epoch, and the beginning of the training.
  virtual void back_up(const std::string& path) = 0;
  virtual void go_on_from(const std::string& path) = 0;
  // +1: larger is better, -1: smaller is better, 0: unknown; for a log's name without "val_".
  virtual int direction_of(const std::string& log) const = 0;
};

struct CallbackParams {
  int verbose = 0;
  std::int64_t epochs = 1;
  std::int64_t steps = 0;  // batches an epoch
};

// What a callback has to remember when a training is interrupted and goes on in another process.
struct CallbackState {
  std::string kind;  // "EarlyStopping"; "": there is nothing to remember
  Json values = Json::object();
  std::vector<Tensor> tensors = {};
};

class CallbackImpl {
 public:
  // Logs of a batch are computed only when somebody asks.
  using BatchLogs = std::function<const Logs&()>;

  virtual ~CallbackImpl() = default;
  void attach(TrainingModel* model, const CallbackParams& params) {
    model_ = model;
    params_ = params;
  }

  // What on_train_begin() and the batches and epochs since have made of it; and back. set_state() follows
  // on_train_begin(), and in the middle of an epoch its on_epoch_begin(). Throws ValueError when the state is none of
  // its own.
  virtual CallbackState state() const { return {}; }
  virtual void set_state(const CallbackState& state) { static_cast<void>(state); }

  // Whether it must see every batch, and may change the model there; else, whether it wants to see a few in each epoch.
  // Where none does, an engine that runs many steps as one program calls the batch functions for the last one only.
  virtual bool watches_batches() const { return true; }
  virtual bool shows_progress() const { return false; }

  virtual void on_train_begin() {}
  virtual void on_train_end(const Logs& logs) { static_cast<void>(logs); }
  virtual void on_epoch_begin(std::int64_t epoch) { static_cast<void>(epoch); }
  virtual void on_epoch_end(std::int64_t epoch, const Logs& logs) { static_cast<void>(epoch), static_cast<void>(logs); }
  virtual void on_train_batch_begin(std::int64_t batch) { static_cast<void>(batch); }
  virtual void on_train_batch_end(std::int64_t batch, const BatchLogs& logs) {
    static_cast<void>(batch), static_cast<void>(logs);
  }
  virtual void on_test_begin() {}
  virtual void on_test_end(const Logs& logs) { static_cast<void>(logs); }
  virtual void on_test_batch_begin(std::int64_t batch) { static_cast<void>(batch); }
  virtual void on_test_batch_end(std::int64_t batch, const BatchLogs& logs) {
    static_cast<void>(batch), static_cast<void>(logs);
  }
  virtual void on_predict_begin() {}
  virtual void on_predict_end() {}
  virtual void on_predict_batch_begin(std::int64_t batch) { static_cast<void>(batch); }
  virtual void on_predict_batch_end(std::int64_t batch) { static_cast<void>(batch); }

 protected:
  TrainingModel& model() const { return *model_; }
  const CallbackParams& params() const { return params_; }

 private:
  TrainingModel* model_ = nullptr;
  CallbackParams params_;
};

// A cheap handle.
class Callback {
 public:
  Callback() = default;
  explicit Callback(std::shared_ptr<CallbackImpl> impl) : impl_(std::move(impl)) {}
  CallbackImpl& impl() const { return *impl_; }

 protected:
  std::shared_ptr<CallbackImpl> impl_;
};

namespace callbacks {
// A callback from your own CallbackImpl: callbacks::make<Mine>(arguments...).
template <class Impl, class... Args>
Callback make(Args&&... args) {
  return Callback(std::make_shared<Impl>(std::forward<Args>(args)...));
}
}  // namespace callbacks

}  // namespace cornu
