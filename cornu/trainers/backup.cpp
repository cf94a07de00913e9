// Backing a fit up, and going on from there: what files of Keras hold already lies where Keras looks for it, the rest
// beside it.
#include "cornu/core/error.h"
#include "cornu/core/random.h"
#include "cornu/models/assign_weights.h"
#include "cornu/models/from_file.h"
#include "cornu/saving/training_file.h"
#include "cornu/trainers/compile_config.h"
#include "cornu/trainers/trainer.h"

namespace cornu {
namespace {

// What must be the same for the rest to mean the same.
Json conditions(const DataArrays& data, const FitArguments& a) {
  return {{"samples", data.samples()},
          {"batch_size", a.batch_size},
          {"shuffle", a.shuffle},
          {"steps_per_epoch", a.steps_per_epoch ? Json(*a.steps_per_epoch) : Json()}};
}

std::vector<Variable> random_streams(const NetworkImpl& network) {
  std::vector<Variable> out;
  for (const Variable& v : network.variables())
    if (v.is_seed_state()) out.push_back(v);
  return out;
}

// Callbacks with something to remember, in the order of the list.
std::vector<Callback> remembering(const std::vector<Callback>& callbacks) {
  std::vector<Callback> out;
  for (const Callback& c : callbacks)
    if (!c.impl().state().kind.empty()) out.push_back(c);
  return out;
}

// The tensors of a file, by name.
class Stored {
 public:
  Stored(const std::vector<saving::NamedTensor>& tensors, const std::string& path) : path_(path) {
    for (const saving::NamedTensor& t : tensors) tensors_[t.name] = t.value;
  }
  // Throws FileError when it is missing or of another type.
  const Tensor& at(const std::string& name) const {
    const auto it = tensors_.find(name);
    if (it == tensors_.end()) fail(cat("no \"", name, "\""), "the same model, metrics and callbacks");
    return it->second;
  }
  const Tensor& at(const std::string& name, const Tensor& like) const {
    const Tensor& t = at(name);
    if (t.shape() != like.shape() || t.dtype() != like.dtype())
      fail(cat("\"", name, "\" of shape ", t.shape(), ", ", name_of(t.dtype())),
           cat(like.shape(), ", ", name_of(like.dtype())));
    return t;
  }
  [[noreturn]] void fail(const std::string& received, const std::string& expected) const {
    throw FileError(cat("[fit] cannot go on from '", path_, "'.\n  received: ", received, "\n  expected: ", expected,
                        "\n  way out: fit as the interrupted run did, or delete the backup to begin again"));
  }

 private:
  std::string path_;
  std::map<std::string, Tensor> tensors_;
};

std::string random_name(std::size_t i) { return cat("random/", i); }
std::string metric_name(std::size_t tracker, std::size_t part) { return cat("metrics/", tracker, "/", part); }
std::string callback_name(std::size_t callback, std::size_t i) { return cat("callbacks/", callback, "/", i); }

}  // namespace

void Trainer::add_training(saving::ModelFile& file) const {
  if (!compiled()) return;
  file.compile_config = compile_config(arguments());
  for (const auto& [name, value] : optimizer_variables()) file.optimizer.push_back({name, value});
}

void Trainer::write_backup(const FitProgress& progress, const DataArrays& data, const FitArguments& a) {
  if (!backup_) return;
  const std::string path = *std::exchange(backup_, std::nullopt);
  if (!writes_files()) return;
  saving::TrainingFile file;
  file.model = models::file_from_network(network_);
  add_training(file.model);
  const SeedState seeds = global_seed_state();
  file.state = {{"version", 1},
                {"conditions", conditions(data, a)},
                {"progress", progress.to_json()},
                {"seeds", {{"seed", seeds.seed}, {"drawn", seeds.drawn}}},
                {"callbacks", Json::array()}};
  const std::vector<Variable> streams = random_streams(network());
  for (std::size_t i = 0; i < streams.size(); ++i) file.tensors.push_back({random_name(i), streams[i].value()});
  for (std::size_t t = 0; t < trackers_.size(); ++t)
    for (std::size_t p = 0; p < trackers_[t].state.size(); ++p)
      file.tensors.push_back({metric_name(t, p), trackers_[t].state[p]});
  const std::vector<Callback> callbacks = remembering(a.callbacks);
  for (std::size_t c = 0; c < callbacks.size(); ++c) {
    const CallbackState state = callbacks[c].impl().state();
    file.state["callbacks"].push_back(
        {{"kind", state.kind}, {"values", state.values}, {"tensors", state.tensors.size()}});
    for (std::size_t i = 0; i < state.tensors.size(); ++i)
      file.tensors.push_back({callback_name(c, i), state.tensors[i]});
  }
  saving::write_training_file(file, path);
}

std::optional<FitProgress> Trainer::read_backup(const DataArrays& data, const FitArguments& a,
                                                std::vector<CallbackState>& callback_states) {
  if (!writes_files()) resume_.reset();  // the first one reads, and shares what it has read
  if (!resume_) return std::nullopt;
  const std::string path = *std::exchange(resume_, std::nullopt);
  const saving::TrainingFile file = saving::read_training_file(path);
  const Stored stored(file.tensors, path);
  const auto same = [&](const Json& theirs, const Json& own, const char* what) {
    if (theirs != own) stored.fail(cat(what, " ", dump_json(theirs)), cat("those of this fit, ", dump_json(own)));
  };
  if (file.state.value("version", 0) != 1) stored.fail("a backup in another form", "one that this version wrote");
  same(file.state.value("conditions", Json()), conditions(data, a), "a fit with");
  same(file.model.compile_config.value_or(Json()), compile_config(arguments()), "a model compiled with");

  // Everything is looked at before anything changes.
  const Json states = file.state.value("callbacks", Json::array());
  const std::vector<Callback> callbacks = remembering(a.callbacks);
  std::vector<std::string> kinds, own_kinds;
  for (const Json& s : states) kinds.push_back(s.value("kind", ""));
  for (const Callback& c : callbacks) own_kinds.push_back(c.impl().state().kind);
  if (kinds != own_kinds) stored.fail(cat("callbacks ", join(kinds, ", ")), join(own_kinds, ", "));
  for (std::size_t c = 0; c < states.size(); ++c) {
    CallbackState state{kinds[c], states[c].value("values", Json::object()), {}};
    for (std::size_t i = 0; i < states[c].value("tensors", std::size_t{0}); ++i)
      state.tensors.push_back(stored.at(callback_name(c, i)));
    callback_states.push_back(std::move(state));
  }
  FitProgress progress;
  SeedState seeds;
  try {
    progress = FitProgress::from_json(file.state.at("progress"));
    seeds = {file.state.at("seeds").at("seed").get<std::uint64_t>(),
             file.state.at("seeds").at("drawn").get<std::uint64_t>()};
  } catch (const Json::exception& error) {
    stored.fail(error.what(), "what BackupAndRestore writes");
  }
  const std::vector<Variable> streams = random_streams(network());
  for (std::size_t i = 0; i < streams.size(); ++i) stored.at(random_name(i), streams[i].value());
  for (std::size_t t = 0; t < trackers_.size(); ++t)
    for (std::size_t p = 0; p < trackers_[t].state.size(); ++p) stored.at(metric_name(t, p), trackers_[t].state[p]);

  models::assign_weights(network_, file.model.weights);
  std::vector<Tensor> optimizer;
  for (const saving::NamedTensor& v : file.model.optimizer) optimizer.push_back(v.value);
  restore_optimizer(std::move(optimizer));
  for (std::size_t i = 0; i < streams.size(); ++i) streams[i].assign(stored.at(random_name(i)).copy());
  for (std::size_t t = 0; t < trackers_.size(); ++t)
    for (std::size_t p = 0; p < trackers_[t].state.size(); ++p)
      trackers_[t].state[p] = stored.at(metric_name(t, p)).copy();
  set_global_seed_state(seeds);
  return progress;
}

void Trainer::restore_callbacks(const std::vector<Callback>& callbacks, const std::vector<CallbackState>& states) {
  const std::vector<Callback> own = remembering(callbacks);
  for (std::size_t c = 0; c < own.size(); ++c) own[c].impl().set_state(states.at(c));
}

}  // namespace cornu
