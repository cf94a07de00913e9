#include "cornu/trainers/compile_config.h"

#include <algorithm>

#include "cornu/core/error.h"

namespace cornu {
namespace {

// A value, a list or a dict, each entry as `json` says it.
template <class T, class F>
Json as_given(const OneOrMany<T>& given, const F& json) {
  if (!given) return nullptr;
  if (given.is_one()) return json(given.values()[0]);
  Json out = given.is_dict() ? Json::object() : Json::array();
  for (std::size_t i = 0; i < given.size(); ++i)
    if (given.is_dict())
      out[given.names()[i]] = json(given.values()[i]);
    else
      out.push_back(json(given.values()[i]));
  return out;
}

bool is_leaf(const Json& value) { return !value.is_array() && !(value.is_object() && !value.contains("class_name")); }

// The other way round: lists and dicts of what `read` makes of a leaf.
template <class T, class F>
OneOrMany<T> from_json(const Json& value, const F& read, bool (*leaf)(const Json&) = is_leaf) {
  if (leaf(value)) return read(value);
  if (value.is_array()) {
    std::vector<T> list;
    for (const Json& item : value) list.push_back(read(item));
    return list;
  }
  OneOrMany<T> dict;
  for (const auto& [name, item] : value.items()) dict.add(name, read(item));
  return dict;
}

Json metrics_json(const MetricLists& lists) {
  if (lists.empty()) return nullptr;
  return as_given(lists.entries(), [](const MetricLists::Entry& entry) {
    if (!entry.is_list) return entry.metrics.empty() ? Json(nullptr) : entry.metrics[0].serialize();
    Json list = Json::array();
    for (const Metric& m : entry.metrics) list.push_back(m.serialize());
    return list;
  });
}

Loss loss_from(const Json& value) {
  if (!is_leaf(value))
    throw NotSupportedError(
        cat("compile configuration: loss received: ", dump_json(value), "\n  expected: one loss for each output"));
  return losses::get(value);
}

Number weight_from(const Json& value) {
  if (!value.is_number())
    throw ValueError(cat("compile configuration: loss_weights received: ", dump_json(value), "\n  expected: numbers"));
  return value.is_number_integer() ? Number(value.get<std::int64_t>()) : Number(value.get<double>());
}

MetricLists::Entry metrics_of_output(const Json& value) {
  if (value.is_null()) return {{}, false};
  if (!value.is_array()) return {{metrics::get(value)}, false};
  MetricLists::Entry out;
  for (const Json& item : value)
    if (!item.is_null()) out.metrics.push_back(metrics::get(item));
  return out;
}

// Keras holds a list of metrics, or, for several outputs, a list of lists or a dict.
MetricLists metrics_from(const Json& config, const char* key) {
  const Json value = config.contains(key) ? config[key] : Json();
  if (value.is_null()) return {};
  return from_json<MetricLists::Entry>(value, metrics_of_output, [](const Json& item) {
    if (!item.is_array()) return is_leaf(item);
    return std::none_of(item.begin(), item.end(),
                        [](const Json& inner) { return inner.is_array() || inner.is_null(); });
  });
}

}  // namespace

Json compile_config(const CompileArguments& a) {
  Json out = Json::object();
  out["optimizer"] = a.optimizer.serialize();
  out["loss"] = as_given(a.loss, [](const Loss& loss) { return loss.serialize(); });
  out["loss_weights"] = as_given(a.loss_weights, [](Number weight) {
    return weight.is_integer() ? Json(static_cast<std::int64_t>(weight)) : Json(static_cast<double>(weight));
  });
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
  if (config.contains("loss") && !config["loss"].is_null()) out.loss = from_json<Loss>(config["loss"], loss_from);
  if (config.contains("loss_weights") && !config["loss_weights"].is_null())
    out.loss_weights = from_json<Number>(config["loss_weights"], weight_from);
  out.metrics = metrics_from(config, "metrics");
  out.weighted_metrics = metrics_from(config, "weighted_metrics");
  return out;
}

}  // namespace cornu
