#include "cornu/callbacks/callbacks.h"

namespace cornu::callbacks {
namespace {

class Impl final : public CallbackImpl {
 public:
  explicit Impl(LambdaCallbackOptions options) : o_(std::move(options)) {}
  void on_epoch_begin(std::int64_t epoch) override {
    if (o_.on_epoch_begin) o_.on_epoch_begin(epoch);
  }
  void on_epoch_end(std::int64_t epoch, const Logs& logs) override {
    if (o_.on_epoch_end) o_.on_epoch_end(epoch, logs);
  }
  void on_train_begin() override {
    if (o_.on_train_begin) o_.on_train_begin();
  }
  void on_train_end(const Logs& logs) override {
    if (o_.on_train_end) o_.on_train_end(logs);
  }
  void on_train_batch_begin(std::int64_t batch) override {
    if (o_.on_train_batch_begin) o_.on_train_batch_begin(batch);
  }
  bool watches_batches() const override { return o_.on_train_batch_begin || o_.on_train_batch_end; }
  void on_train_batch_end(std::int64_t batch, const BatchLogs& logs) override {
    if (o_.on_train_batch_end) o_.on_train_batch_end(batch, logs());
  }

 private:
  LambdaCallbackOptions o_;
};

}  // namespace

LambdaCallback::LambdaCallback(LambdaCallbackOptions options) : Callback(std::make_shared<Impl>(std::move(options))) {}

}  // namespace cornu::callbacks
