#include <cctype>
#include <cstdio>
#include <deque>
#include <filesystem>
#include <system_error>

#include "cornu/callbacks/callbacks.h"
#include "cornu/core/config.h"

namespace cornu::callbacks {
namespace {

class Impl final : public CallbackImpl {
 public:
  Impl(std::string filepath, ModelCheckpointOptions options) : filepath_(std::move(filepath)), o_(std::move(options)) {
    if (ends_with(filepath_, ".weights.h5") != o_.save_weights_only)
      throw ValueError(cat("[ModelCheckpoint] received: \"", filepath_,
                           "\" and save_weights_only=", o_.save_weights_only ? "true" : "false",
                           "\n  expected: a path that ends in .weights.h5 for weights, and only for them"));
    if (!ends_with(filepath_, ".keras") && !ends_with(filepath_, ".h5") && !ends_with(filepath_, ".hdf5"))
      throw ValueError(
          cat("[ModelCheckpoint] received: \"", filepath_, "\"\n  expected: a path that ends in .keras, .h5 or .hdf5"));
    if (o_.save_freq < 0)
      throw ValueError(
          cat("[ModelCheckpoint] received: save_freq=", o_.save_freq, "\n  expected: 0 (each epoch) or more"));
    if (o_.keep < 0)
      throw ValueError(cat("[ModelCheckpoint] received: keep=", o_.keep,
                           "\n  expected: 0 (every file stays), or how many of the last files stay"));
    best_ = o_.initial_value_threshold;
  }

  CallbackState state() const override {
    return {"ModelCheckpoint", {{"best", best_ ? Json(*best_) : Json()}, {"batches", batches_}}};
  }
  void set_state(const CallbackState& s) override {
    ConfigReader reader(s.values, "the state of ModelCheckpoint");
    best_ = reader.optional_number("best");
    batches_ = reader.integer("batches", 0);
    reader.finish();
  }

  void on_epoch_begin(std::int64_t epoch) override { epoch_ = epoch; }
  bool watches_batches() const override { return o_.save_freq > 0; }
  void on_train_batch_end(std::int64_t, const BatchLogs& logs) override {
    if (o_.save_freq > 0 && ++batches_ % o_.save_freq == 0) save(logs());
  }
  void on_epoch_end(std::int64_t epoch, const Logs& logs) override {
    epoch_ = epoch;
    if (o_.save_freq == 0) save(logs);
  }

 private:
  void save(const Logs& logs) {
    if (o_.save_best_only) {
      const double current = logs[o_.monitor];
      const bool larger = larger_is_better(o_.mode, o_.monitor, model(), "ModelCheckpoint");
      if (best_ && !(larger ? current > *best_ : current < *best_)) return;
      best_ = current;
    }
    if (!model().writes_files()) return;
    const std::string path = format_path(filepath_, epoch_ + 1, logs);
    o_.save_weights_only ? model().save_weights(path) : model().save(path);
    forget_oldest(path);
  }

  // Only after the new file is on the disk, so that there are never fewer than there should be. Only files of this
  // callback: what else lies in the folder is none of its business.
  void forget_oldest(const std::string& path) {
    if (o_.keep == 0) return;
    std::erase(written_, path);
    written_.push_back(path);
    for (; written_.size() > static_cast<std::size_t>(o_.keep); written_.pop_front()) {
      std::error_code ignored;  // somebody has moved it: it is not in the way either
      std::filesystem::remove(written_.front(), ignored);
    }
  }

  std::string filepath_;
  ModelCheckpointOptions o_;
  std::optional<double> best_;
  std::deque<std::string> written_;
  std::int64_t epoch_ = 0, batches_ = 0;
};

[[noreturn]] void bad_format(const std::string& path, const std::string& field) {
  throw ValueError(cat("[ModelCheckpoint] path \"", path, "\"\n  received: {", field,
                       "}\n  expected: {name}, {epoch:02d} or {name:.2f}"));
}

// One replacement field of Python's str.format: "epoch:02d", "val_loss:.2f", "loss".
std::string formatted(const std::string& path, const std::string& field, std::int64_t epoch, const Logs& logs) {
  const std::size_t colon = field.find(':');
  const std::string name = field.substr(0, colon);
  const std::string spec = colon == std::string::npos ? "" : field.substr(colon + 1);
  if (name.empty()) bad_format(path, field);
  const std::string digits = spec.empty() ? "" : spec.substr(0, spec.size() - 1);
  int points = 0;
  for (const char c : digits) {
    points += c == '.';
    if ((c != '.' && !std::isdigit(static_cast<unsigned char>(c))) || points > 1 || digits.size() > 6)
      bad_format(path, field);
  }
  char text[512];
  if (name == "epoch") {
    if (spec.empty()) return std::to_string(epoch);
    if (spec.back() != 'd' || points) bad_format(path, field);
    std::snprintf(text, sizeof text, ("%" + digits + "lld").c_str(), static_cast<long long>(epoch));
    return text;
  }
  const double value = logs[name];
  if (spec.empty()) return repr(value);
  if (spec.back() != 'f' && spec.back() != 'e' && spec.back() != 'g') bad_format(path, field);
  std::snprintf(text, sizeof text, ("%" + digits + spec.back()).c_str(), value);
  return text;
}

}  // namespace

ModelCheckpoint::ModelCheckpoint(std::string filepath, ModelCheckpointOptions options)
    : Callback(std::make_shared<Impl>(std::move(filepath), std::move(options))) {}

std::string format_path(const std::string& path, std::int64_t epoch, const Logs& logs) {
  std::string out;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] != '{') {
      out += path[i];
      continue;
    }
    const std::size_t end = path.find('}', i);
    if (end == std::string::npos) bad_format(path, path.substr(i + 1));
    out += formatted(path, path.substr(i + 1, end - i - 1), epoch, logs);
    i = end;
  }
  return out;
}

}  // namespace cornu::callbacks
