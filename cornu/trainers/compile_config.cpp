#include "cornu/trainers/compile_config.h"

#include "cornu/core/error.h"

namespace cornu {
namespace {

Json metrics_json(const std::vector<Metric>& list) {
  if (list.empty()) return nullptr;
  Json out = Json::array();
  for (const Metric& m : list) out.push_back(m.serialize());
  return out;
}

// Keras holds a list of metrics; for one output it may be wrapped in a list or in a dict by the output's name.
std::vector<Metric> metrics_from(const Json& config, const char* key) {
  std::vector<Metric> out;
  if (!config.contains(key)) return out;
  const Json& value = config[key];
  const auto read = [&](const auto& self, const Json& item) -> void {
    if (item.is_null()) return;
    const bool object = item.is_object() && item.contains("class_name");
    if (item.is_string() || object)
      out.push_back(metrics::get(item));
    else if (item.is_array() || item.is_object())
      for (const Json& inner : item) self(self, inner);
    else
      throw ValueError(cat("compile configuration: \"", key, "\"\n  received: ", dump_json(item),
                           "\n  expected: names or metric objects"));
  };
  read(read, value);
  return out;
}

// A loss for the one output: as it stands, or the only entry of a list or dict.
Json single(const Json& value, const char* key) {
  if (value.is_array() || (value.is_object() && !value.contains("class_name"))) {
    if (value.empty()) return nullptr;
    if (value.size() > 1)
      throw NotSupportedError(
          cat("compile configuration: \"", key, "\" is for ", value.size(), " outputs\n  expected: one output"));
    return value.is_array() ? value[0] : value.begin().value();
  }
  return value;
}

}  // namespace

Json compile_config(const CompileArguments& a) {
  Json out = Json::object();
  out["optimizer"] = a.optimizer.serialize();
  out["loss"] = a.loss.serialize();
  out["loss_weights"] = nullptr;
  out["metrics"] = metrics_json(a.metrics);
  out["weighted_metrics"] = metrics_json(a.weighted_metrics);
  out["run_eagerly"] = false;
  out["steps_per_execution"] = 1;
  out["jit_compile"] = false;
  return out;
}

CompileArguments compile_arguments(const Json& config) {
  if (!config.is_object())
    throw ValueError(cat("the compile configuration is no object\n  received: ", dump_json(config)));
  CompileArguments out;
  if (config.contains("optimizer") && !config["optimizer"].is_null())
    out.optimizer = optimizers::get(config["optimizer"]);
  if (config.contains("loss")) out.loss = losses::get(single(config["loss"], "loss"));
  if (config.contains("loss_weights") && !config["loss_weights"].is_null()) {
    const Json weight = single(config["loss_weights"], "loss_weights");
    if (!weight.is_null() && !(weight.is_number() && weight.get<double>() == 1.0))
      throw NotSupportedError(cat("compile configuration: loss_weights\n  received: ",
                                  dump_json(config["loss_weights"]), "\n  expected: none, or 1 for a single output"));
  }
  out.metrics = metrics_from(config, "metrics");
  out.weighted_metrics = metrics_from(config, "weighted_metrics");
  return out;
}

}  // namespace cornu
