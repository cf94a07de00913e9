// Keras's callbacks, by Keras's names.
#pragma once

#include <optional>

#include "cornu/callbacks/callback.h"
#include "cornu/callbacks/progbar.h"

namespace cornu::callbacks {

// The progress bar of fit, evaluate and predict. fit adds one that writes to standard output by itself; give your own
// to send it elsewhere. Where the stream is no terminal there are no control characters: one line an epoch.
class ProgbarLogger : public Callback {
 public:
  ProgbarLogger();
  // Any sink; `terminal` allows redrawing with control characters.
  ProgbarLogger(TextSink sink, bool terminal);
};
// Whether the callback is one, so that fit does not add a second.
bool is_progbar_logger(const Callback& callback);

struct EarlyStoppingOptions {
  std::string monitor = "val_loss";
  double min_delta = 0.0;
  std::int64_t patience = 0;
  std::string mode = "auto";  // "min", "max"
  std::optional<double> baseline = {};
  bool restore_best_weights = false;
  std::int64_t start_from_epoch = 0;
};
// Ends training when the monitored log has not improved for `patience` epochs.
class EarlyStopping : public Callback {
 public:
  explicit EarlyStopping(EarlyStoppingOptions options = {});
  // The epoch (from 0) at which it stopped; 0 when it did not, as in Keras.
  std::int64_t stopped_epoch() const;
  std::optional<double> best() const;
};

struct ModelCheckpointOptions {
  std::string monitor = "val_loss";
  bool save_best_only = false;
  bool save_weights_only = false;  // the path ends in .weights.h5
  std::string mode = "auto";
  std::int64_t save_freq = 0;  // 0: at the end of each epoch; n: every n batches
  std::optional<double> initial_value_threshold = {};
  std::int64_t keep = 0;  // Cornu's own: of the files that this callback wrote, the last `keep` stay; 0: all of them
};
// Saves the whole model, or its weights. The path ends in .keras, .h5 or .hdf5 and may hold {epoch:02d} (from 1) and
// logs such as {val_loss:.2f}.
class ModelCheckpoint : public Callback {
 public:
  explicit ModelCheckpoint(std::string filepath, ModelCheckpointOptions options = {});
};

struct BackupAndRestoreOptions {
  std::int64_t save_freq = 0;  // 0: at the end of each epoch; n: every n batches, too
  bool delete_checkpoint = true;
};
// Makes fit survive a kill at any instant. The folder `backup_dir` (made when it is missing) holds one file,
// latest.keras: the model as real Keras opens it, and beside it everything else that going on takes. When it is there
// as fit begins, fit goes on from it and ends with the very bytes that an uninterrupted run would have given: same
// model, data and arguments are the caller's part. At the end of fit it is deleted, unless delete_checkpoint is false.
class BackupAndRestore : public Callback {
 public:
  explicit BackupAndRestore(std::string backup_dir, BackupAndRestoreOptions options = {});
  // Deletes the backup, if there is one: for who kept it until the result was safe.
  static void remove(const std::string& backup_dir);
};

struct LambdaCallbackOptions {
  std::function<void(std::int64_t epoch)> on_epoch_begin = {};
  std::function<void(std::int64_t epoch, const Logs& logs)> on_epoch_end = {};
  std::function<void()> on_train_begin = {};
  std::function<void(const Logs& logs)> on_train_end = {};
  std::function<void(std::int64_t batch)> on_train_batch_begin = {};
  std::function<void(std::int64_t batch, const Logs& logs)> on_train_batch_end = {};
};
class LambdaCallback : public Callback {
 public:
  explicit LambdaCallback(LambdaCallbackOptions options = {});
};

// "weights.{epoch:02d}-{val_loss:.2f}.keras" with the numbers put in, as Python's str.format. Throws ValueError for a
// name that no log has and for a format that is not understood.
std::string format_path(const std::string& path, std::int64_t epoch, const Logs& logs);

// Whether larger is better: by "min" / "max", else by the metric itself. Throws ValueError when nobody can say.
bool larger_is_better(const std::string& mode, const std::string& monitor, const TrainingModel& model,
                      const std::string& who);

}  // namespace cornu::callbacks
