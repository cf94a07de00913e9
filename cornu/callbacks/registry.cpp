#include "cornu/callbacks/registry.h"

#include "cornu/callbacks/callbacks.h"
#include "cornu/core/config.h"

namespace cornu::callbacks {
namespace {

Callback early_stopping(const Json& config) {
  ConfigReader reader(config, "callback EarlyStopping");
  EarlyStoppingOptions o;
  o.monitor = reader.text("monitor", o.monitor);
  o.min_delta = reader.number("min_delta", o.min_delta);
  o.patience = reader.integer("patience", o.patience);
  o.mode = reader.text("mode", o.mode);
  o.baseline = reader.optional_number("baseline");
  o.restore_best_weights = reader.boolean("restore_best_weights", o.restore_best_weights);
  o.start_from_epoch = reader.integer("start_from_epoch", o.start_from_epoch);
  reader.ignore("verbose");  // the library prints nothing
  reader.finish();
  return EarlyStopping(std::move(o));
}

Callback model_checkpoint(const Json& config) {
  ConfigReader reader(config, "callback ModelCheckpoint");
  reader.require("filepath");
  const std::string path = reader.text("filepath", "");
  ModelCheckpointOptions o;
  o.monitor = reader.text("monitor", o.monitor);
  o.save_best_only = reader.boolean("save_best_only", o.save_best_only);
  o.save_weights_only = reader.boolean("save_weights_only", o.save_weights_only);
  o.mode = reader.text("mode", o.mode);
  o.initial_value_threshold = reader.optional_number("initial_value_threshold");
  const Json frequency = reader.json("save_freq");
  if (frequency != Json("epoch")) o.save_freq = reader.integer("save_freq", o.save_freq);
  o.keep = reader.integer("keep", o.keep);
  reader.ignore("verbose");
  reader.finish();
  return ModelCheckpoint(path, std::move(o));
}

Callback backup_and_restore(const Json& config) {
  ConfigReader reader(config, "callback BackupAndRestore");
  reader.require("backup_dir");
  const std::string folder = reader.text("backup_dir", "");
  BackupAndRestoreOptions o;
  const Json frequency = reader.json("save_freq");
  if (frequency != Json("epoch")) o.save_freq = reader.integer("save_freq", o.save_freq);
  o.delete_checkpoint = reader.boolean("delete_checkpoint", o.delete_checkpoint);
  reader.ignore("double_checkpoint");  // the one file is whole at any instant
  reader.finish();
  return BackupAndRestore(folder, o);
}

}  // namespace

Registry<Callback>& registry() {
  static Registry<Callback> table = [] {
    Registry<Callback> r("callback", "keras.callbacks");
    r.add("BackupAndRestore", {}, backup_and_restore);
    r.add("EarlyStopping", {}, early_stopping);
    r.add("ModelCheckpoint", {}, model_checkpoint);
    r.end_of_keras_own();
    return r;
  }();
  return table;
}

Callback get(const Json& spec) { return registry().get(spec); }

}  // namespace cornu::callbacks
