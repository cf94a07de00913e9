// Muon: matrices move along their orthogonalized momentum, everything else as with AdamW.
#include <regex>

#include "cornu/core/error.h"
#include "cornu/ir/ops.h"
#include "cornu/optimizers/base.h"

namespace cornu::optimizers {
namespace {

struct MuonImpl final : OptimizerOf<MuonOptions> {
  MuonImpl(std::string name, MuonOptions options) : OptimizerOf(std::move(name), std::move(options)) {
    for (const Json& word : own().exclude_layers) excluded_.emplace_back(word.get<std::string>());
  }
  std::vector<std::vector<std::string>> slot_groups() const override { return {{"momentum", "velocity"}}; }
  bool has_slot(const std::string& slot, const VariableSpec& v) const override {
    return slot != "velocity" || uses_adam(v);
  }
  std::optional<Number> weight_decay(const VariableSpec& v) const override {
    return uses_adam(v) ? own().adam_weight_decay : own().weight_decay;
  }

  Value update(UpdateContext& context, Value weight, Value gradient) const override {
    return uses_adam(*context.variable) ? adam(context, weight, gradient) : muon(context, weight, gradient);
  }

 private:
  bool uses_adam(const VariableSpec& v) const {
    if (v.shape.rank() != 2) return true;
    if (own().exclude_embeddings && lower(v.path).find("embedding") != std::string::npos) return true;
    for (const std::regex& word : excluded_)
      if (std::regex_search(v.path, word)) return true;
    return false;
  }

  Value adam(UpdateContext& context, Value weight, Value gradient) const {
    const MuonOptions& o = own();
    const auto power_of = [&](double beta) {
      return ops::power(ops::full(context.step.builder(), Shape{}, beta, context.step.dtype()), context.step);
    };
    const Value rate = context.learning_rate * o.adam_lr_ratio;
    const Value alpha = rate * ops::sqrt(1.0 - power_of(o.adam_beta_2)) / (1.0 - power_of(o.adam_beta_1));
    Value& m = context.slot("momentum");
    Value& v = context.slot("velocity");
    m = m + (gradient - m) * (1.0 - o.adam_beta_1);
    v = v + (ops::square(gradient) - v) * (1.0 - o.adam_beta_2);
    return weight - m * alpha / (ops::sqrt(v) + o.epsilon);
  }

  Value muon(UpdateContext& context, Value weight, Value gradient) const {
    const MuonOptions& o = own();
    Value& m = context.slot("momentum");
    m = m + (gradient + m * (o.momentum - 1.0));
    const Value direction = o.nesterov ? gradient + o.momentum * m : m;
    Value step = context.learning_rate * orthogonalized(direction);
    if (o.rms_rate) {
      const auto longer = static_cast<double>(std::max(weight.dim(0), weight.dim(1)));
      step = step * static_cast<double>(static_cast<float>(std::sqrt(longer))) * static_cast<double>(*o.rms_rate);
    }
    return weight - step;
  }

  // Newton-Schulz: the singular values go to about one.
  Value orthogonalized(Value x) const {
    const bool tall = x.dim(0) > x.dim(1);
    if (tall) x = ops::transpose(x);
    x = x / (ops::sqrt(ops::sum(ops::square(x))) + 1e-7);
    for (std::int64_t i = 0; i < own().ns_steps; ++i) {
      const Value a = ops::matmul(x, ops::transpose(x));
      const Value b = own().muon_b * a + ops::matmul(own().muon_c * a, a);
      x = own().muon_a * x + ops::matmul(b, x);
    }
    return tall ? ops::transpose(x) : x;
  }

  std::vector<std::regex> excluded_;
};

}  // namespace

Optimizer Muon(MuonOptions options) {
  const auto refuse = [&] {
    throw ValueError(cat("[Muon] exclude_layers\n  received: ", dump_json(options.exclude_layers),
                         "\n  expected: a list of regular expressions"));
  };
  if (options.exclude_layers.is_null()) options.exclude_layers = Json::array();
  if (!options.exclude_layers.is_array()) refuse();
  for (const Json& word : options.exclude_layers)
    if (!word.is_string()) refuse();
  try {
    return Optimizer(std::make_shared<MuonImpl>("Muon", options));
  } catch (const std::regex_error&) {
    refuse();
  }
  return "adam";  // not reached
}

}  // namespace cornu::optimizers
