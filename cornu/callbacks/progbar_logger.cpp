#include <unistd.h>

#include <cstdio>
#include <optional>

#include "cornu/callbacks/callbacks.h"

namespace cornu::callbacks {
namespace {

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

void write_to_stdout(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

class Impl final : public CallbackImpl {
 public:
  Impl(TextSink sink, bool terminal) : sink_(std::move(sink)), terminal_(terminal) {}

  bool watches_batches() const override { return false; }
  bool shows_progress() const override { return verbose() == 1; }
  void on_train_begin() override { in_fit_ = true; }
  void on_train_end(const Logs&) override { in_fit_ = false; }
  void on_epoch_begin(std::int64_t epoch) override {
    if (params().verbose && params().epochs > 1) sink_(cat("Epoch ", epoch + 1, "/", params().epochs, "\n"));
    start();
  }
  void on_train_batch_end(std::int64_t batch, const BatchLogs& logs) override { update(batch, &logs); }
  void on_epoch_end(std::int64_t, const Logs& logs) override { finish(logs); }

  // Validation inside of fit is silent.
  void on_test_begin() override {
    if (!in_fit_) start();
  }
  void on_test_batch_end(std::int64_t batch, const BatchLogs& logs) override {
    if (!in_fit_) update(batch, &logs);
  }
  void on_test_end(const Logs& logs) override {
    if (!in_fit_) finish(logs);
  }

  void on_predict_begin() override { start(); }
  void on_predict_batch_end(std::int64_t batch) override { update(batch, nullptr); }
  void on_predict_end() override { finish({}); }

 private:
  // Where a bar cannot move, a line an epoch.
  int verbose() const { return params().verbose == 1 && !terminal_ ? 2 : params().verbose; }
  void start() { bar_.emplace(params().steps, verbose(), sink_, seconds_now); }
  void update(std::int64_t batch, const BatchLogs* logs) {
    if (bar_ && bar_->due()) bar_->update(batch + 1, logs ? (*logs)() : Logs{}, false);
  }
  void finish(const Logs& logs) {
    if (bar_) bar_->update(params().steps, logs, true);
    bar_.reset();
  }

  TextSink sink_;
  bool terminal_;
  bool in_fit_ = false;
  std::optional<Progbar> bar_;
};

}  // namespace

ProgbarLogger::ProgbarLogger() : ProgbarLogger(write_to_stdout, isatty(STDOUT_FILENO) == 1) {}
ProgbarLogger::ProgbarLogger(TextSink sink, bool terminal)
    : Callback(std::make_shared<Impl>(std::move(sink), terminal)) {}

bool is_progbar_logger(const Callback& callback) { return dynamic_cast<const Impl*>(&callback.impl()) != nullptr; }

}  // namespace cornu::callbacks
