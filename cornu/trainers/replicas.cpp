// Training with other processes: what they must agree on before they begin. After that, a step's sums keep them alike.
#include "cornu/core/error.h"
#include "cornu/core/random.h"
#include "cornu/distribution/distribution.h"
#include "cornu/trainers/compile_config.h"
#include "cornu/trainers/trainer.h"

namespace cornu {
namespace {

std::string from_first(Communicator& communicator, std::string text) {
  std::uint64_t bytes = text.size();
  communicator.broadcast(&bytes, sizeof bytes);
  text.resize(bytes);
  communicator.broadcast(text.data(), text.size());
  return text;
}

void from_first(Communicator& communicator, Tensor& tensor) {
  communicator.broadcast(tensor.mutable_raw(), tensor.bytes());
}

std::string shapes_of(const std::vector<Tensor>& tensors) {
  std::vector<std::string> out;
  for (const Tensor& t : tensors) out.push_back(cat(name_of(t.dtype()), t.shape()));
  return join(out, ", ");
}

}  // namespace

// Where an engine adds up over processes by itself, it also takes the parts.
Ranks Trainer::ranks() const {
  if (!communicator_ || !engine(arguments().engine).in_host_memory()) return {};
  return {communicator_->rank(), communicator_->size()};
}

bool Trainer::writes_files() const {
  const auto communicator = distribution::communicator();
  return !communicator || communicator->rank() == 0;
}

void Trainer::join_replicas(std::string_view what, const DataArrays& data, std::int64_t batch_size) {
  std::shared_ptr<Communicator> now = distribution::communicator();
  if (now != communicator_) {
    forget_plans();
    communicator_ = std::move(now);
    shared_ = false;
  }
  const Engine& chosen = engine(arguments().engine);
  if (distribution::devices() > chosen.devices())
    throw ValueError(cat("[", what, "] received: ", distribution::devices(), " devices\n  expected: at most ",
                         chosen.devices(), ", as many as the engine \"", chosen.name(), "\" has here",
                         chosen.in_host_memory() ? "; on processors, several processes share batches: mpirun" : ""));
  if (!communicator_) return;
  if (!chosen.in_host_memory() && chosen.processes() != communicator_->size())
    throw NotSupportedError(
        cat("[", what, "] received: ", communicator_->size(), " processes and engine \"", chosen.name(),
            "\", whose devices do not find each other over processes\n  expected: engine \"cpu\", or a "
            "plug-in for GPUs"));
  // Replicas that do not do the same would wait for each other for ever, or add what does not belong together.
  std::string weights;
  for (const Variable& v : network().variables()) weights += cat(" ", v.shape());
  const std::string own =
      cat(what, " in batches of ", batch_size, "; x ", shapes_of(data.x), "; y ", shapes_of(data.y), "; ",
          data.sample_weight.size(), " sample weights; ", dump_json(compile_config(arguments())), "; weights", weights);
  const std::string theirs = from_first(*communicator_, own);
  if (own != theirs)
    throw ValueError(cat("[", what, "] process ", communicator_->rank(), " of ", communicator_->size(),
                         " is not called as process 0 is\n  received: ", own, "\n  expected: ", theirs,
                         "\n  every process needs the same model, data and arguments"));
}

void Trainer::share_state() {
  if (!communicator_) return;
  for (const Variable& v : network().variables()) communicator_->broadcast(v.mutable_raw(), v.bytes());
  from_first(*communicator_, iterations_);
  from_first(*communicator_, learning_rate_);
  for (SlotSpec& slot : slots_) from_first(*communicator_, slot.initial);
  SeedState seeds = global_seed_state();
  communicator_->broadcast(&seeds, sizeof seeds);
  set_global_seed_state(seeds);
  shared_ = true;
}

std::optional<FitProgress> Trainer::share_backup(std::optional<FitProgress> progress,
                                                 std::vector<CallbackState>& states) {
  if (!communicator_) return progress;
  Json message = {{"progress", progress ? progress->to_json() : Json()}, {"callbacks", Json::array()}};
  for (const CallbackState& s : states) {
    Json tensors = Json::array();
    for (const Tensor& t : s.tensors)
      tensors.push_back(
          {{"dtype", static_cast<int>(t.dtype())}, {"shape", std::vector(t.shape().begin(), t.shape().end())}});
    message["callbacks"].push_back({{"kind", s.kind}, {"values", s.values}, {"tensors", tensors}});
  }
  message = parse_json(from_first(*communicator_, dump_json(message)), "the backup of process 0");
  if (message["progress"].is_null()) return std::nullopt;
  if (communicator_->rank() > 0) {
    states.clear();
    for (const Json& s : message["callbacks"]) {
      CallbackState state{s.at("kind").get<std::string>(), s.at("values"), {}};
      for (const Json& t : s.at("tensors"))
        state.tensors.push_back(Tensor::empty(Shape(t.at("shape").get<std::vector<std::int64_t>>()),
                                              static_cast<DType>(t.at("dtype").get<int>())));
      states.push_back(std::move(state));
    }
  }
  for (CallbackState& s : states)
    for (Tensor& t : s.tensors) from_first(*communicator_, t);
  for (Tracker& tracker : trackers_)
    for (Tensor& t : tracker.state) from_first(*communicator_, t);
  share_state();
  return FitProgress::from_json(message["progress"]);
}

}  // namespace cornu
