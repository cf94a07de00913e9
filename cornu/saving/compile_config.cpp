// training_config of any generation -> compile_config of Keras 3: losses and metrics.
#include <array>
#include <optional>

#include "cornu/saving/config_words.h"
#include "cornu/saving/upgrade_steps.h"

namespace cornu::saving {
namespace {

struct Function {
  std::string_view name;        // as Keras 3 spells it
  std::string_view loss_class;  // "" where there is no such loss
  std::string_view metric_class;
  std::string_view old_names;  // other spellings of Keras 1 and 2, separated by spaces
};

constexpr std::array kFunctions{
    Function{"mean_squared_error", "MeanSquaredError", "MeanSquaredError", "mse MSE"},
    Function{"mean_absolute_error", "MeanAbsoluteError", "MeanAbsoluteError", "mae MAE"},
    Function{"mean_absolute_percentage_error", "MeanAbsolutePercentageError", "MeanAbsolutePercentageError",
             "mape MAPE"},
    Function{"mean_squared_logarithmic_error", "MeanSquaredLogarithmicError", "MeanSquaredLogarithmicError",
             "msle MSLE"},
    Function{"categorical_crossentropy", "CategoricalCrossentropy", "CategoricalCrossentropy", ""},
    Function{"sparse_categorical_crossentropy", "SparseCategoricalCrossentropy", "SparseCategoricalCrossentropy", ""},
    Function{"binary_crossentropy", "BinaryCrossentropy", "BinaryCrossentropy", "bce BCE"},
    Function{"binary_focal_crossentropy", "BinaryFocalCrossentropy", "", ""},
    Function{"categorical_focal_crossentropy", "CategoricalFocalCrossentropy", "", ""},
    Function{"kl_divergence", "KLDivergence", "KLDivergence", "kullback_leibler_divergence kld KLD"},
    Function{"poisson", "Poisson", "Poisson", ""},
    Function{"log_cosh", "LogCosh", "LogCoshError", "logcosh"},
    Function{"huber", "Huber", "", "huber_loss"},
    Function{"hinge", "Hinge", "Hinge", ""},
    Function{"squared_hinge", "SquaredHinge", "SquaredHinge", ""},
    Function{"categorical_hinge", "CategoricalHinge", "CategoricalHinge", ""},
    Function{"cosine_similarity", "CosineSimilarity", "CosineSimilarity", "cosine_proximity cosine"},
    Function{"binary_accuracy", "", "BinaryAccuracy", ""},
    Function{"categorical_accuracy", "", "CategoricalAccuracy", ""},
    Function{"sparse_categorical_accuracy", "", "SparseCategoricalAccuracy", ""},
    Function{"top_k_categorical_accuracy", "", "TopKCategoricalAccuracy", ""},
    Function{"sparse_top_k_categorical_accuracy", "", "SparseTopKCategoricalAccuracy", ""},
};

bool is_old_name(const Function& function, std::string_view name) {
  for (const std::string& old : split(function.old_names, ' '))
    if (!old.empty() && old == name) return true;
  return false;
}

const Function* find_function(std::string_view name) {
  for (const Function& function : kFunctions)
    if (function.name == name || is_old_name(function, name)) return &function;
  return nullptr;
}

// Short forms that Keras 3 takes too stay as the user typed them; spellings that it refuses are replaced.
std::string accepted_name(const std::string& name) {
  constexpr std::array<std::string_view, 6> kRefused{"logcosh",          "huber_loss", "kullback_leibler_divergence",
                                                     "cosine_proximity", "cosine",     "KLD"};
  for (const std::string_view refused : kRefused)
    if (refused == name) return std::string(find_function(name)->name);
  return name;
}

std::string without_package(const Json& object) {
  const std::string name = class_of(object);
  return starts_with(name, "Custom>") ? name.substr(7) : name;
}

bool is_object_of_keras(const Json& value) { return value.is_object() && value.contains("class_name"); }

Json loss_object_to_3(const Json& loss, Notes& notes) {
  const std::string class_name = without_package(loss);
  const Json& old = config_of(loss);
  if (class_name == "LossFunctionWrapper") return loss_to_3(get(old, "fn"), notes);
  if (class_name == "function") return loss_to_3(old, notes);
  const Json& reduction = get(old, "reduction");
  Json config = Json::object();
  config["name"] = get_text(old, "name", to_snake_case(class_name));
  config["reduction"] = reduction.is_null() || reduction == "auto" ? Json("sum_over_batch_size") : reduction;
  if (old.is_object())
    for (const auto& [key, value] : old.items())
      if (key != "name" && key != "reduction" && key != "fn") config[key] = value;
  Json result = keras_object("keras.losses", class_name, std::move(config));
  for (const char* key : {"registered_name", "cornu"})
    if (loss.contains(key)) result[key] = loss[key];
  return result;
}

// tf.keras stored every metric given by name as a wrapper around its function.
Json wrapped_metric_to_3(const Json& config, Notes& notes) {
  const Json& fn = get(config, "fn");
  const std::string fn_name = fn.is_string() ? fn.get<std::string>() : get_text(fn, "config");
  const std::string name = get_text(config, "name", fn_name);
  const Function* function = find_function(fn_name);
  if (name == "accuracy" || name == "acc") return name;
  if (function == nullptr) {
    add_note(notes, cat("Metric '", name, "' is a function of the writer's program (", fn_name,
                        ") and cannot be computed here."));
    return name;
  }
  if (name == function->name || is_old_name(*function, name)) return accepted_name(name);
  if (function->metric_class.empty()) return name;
  return keras_object("keras.metrics", function->metric_class,
                      Json{{"name", name}, {"dtype", get_text(config, "dtype", "float32")}});
}

Json metric_object_to_3(const Json& metric, Notes& notes) {
  const std::string class_name = without_package(metric);
  if (class_name == "MeanMetricWrapper" || class_name == "SumOverBatchSizeMetricWrapper")
    return wrapped_metric_to_3(config_of(metric), notes);
  Json config = config_of(metric).is_object() ? config_of(metric) : Json::object();
  if (get(config, "dtype").is_object()) config["dtype"] = get_text(config_of(config["dtype"]), "name", "float32");
  Json result = keras_object("keras.metrics", class_name, std::move(config));
  if (metric.contains("registered_name")) result["registered_name"] = metric["registered_name"];
  return result;
}

// Drops nesting that says nothing: no metrics at all, or one output's list in a list.
Json metric_list_to_3(const Json& metrics) {
  if (!metrics.is_array()) return metrics;
  if (metrics.empty()) return nullptr;
  if (metrics.size() == 1 && metrics.front().is_array()) return metric_list_to_3(metrics.front());
  return metrics;
}

// With several outputs tf.keras put the output's name in front of each metric's: "value_mae". What the metric itself is
// called is the longest of its own names that the text ends with.
Json without_output_name(const Json& metric) {
  if (!is_object_of_keras(metric)) return metric;
  const std::string name = get_text(config_of(metric), "name");
  std::vector<std::string> own = {to_snake_case(without_package(metric)), "accuracy", "acc"};
  const Json& fn = get(config_of(metric), "fn");
  const std::string fn_name = fn.is_string() ? fn.get<std::string>() : get_text(fn, "config");
  if (const Function* function = find_function(fn_name)) {
    own.emplace_back(function->name);
    for (const std::string& old : split(function->old_names, ' ')) own.push_back(old);
  }
  std::string best;
  for (const std::string& candidate : own)
    if (!candidate.empty() && ends_with(name, "_" + candidate) && candidate.size() > best.size()) best = candidate;
  Json result = metric;
  if (!best.empty()) result["config"]["name"] = best;
  return result;
}

Json without_output_names(const Json& metrics) {
  const bool several = metrics.is_array() && metrics.size() > 1 && metrics.front().is_array();
  if (!several) return metrics;
  Json result = metrics;
  for (Json& list : result)
    for (Json& metric : list) metric = without_output_name(metric);
  return result;
}

Json value_or(const Json& object, std::string_view key, Json otherwise) {
  const Json& value = get(object, key);
  return value.is_null() ? otherwise : value;
}

}  // namespace

Json loss_to_3(const Json& loss, Notes& notes) {
  if (loss.is_string()) return accepted_name(loss.get<std::string>());
  if (is_object_of_keras(loss)) return loss_object_to_3(loss, notes);
  Json result = loss;
  if (loss.is_array() || loss.is_object())
    for (auto& item : result) item = loss_to_3(item, notes);
  return result;
}

Json metrics_to_3(const Json& metrics, Notes& notes) {
  if (metrics.is_string()) return accepted_name(metrics.get<std::string>());
  if (is_object_of_keras(metrics)) return metric_object_to_3(metrics, notes);
  Json result = metrics;
  if (metrics.is_array() || metrics.is_object())
    for (auto& item : result) item = metrics_to_3(item, notes);
  return result;
}

Json compile_config_to_3(const Json& old, const Version& version, Notes& notes) {
  const Json& optimizer = old.contains("optimizer_config") ? old["optimizer_config"] : get(old, "optimizer");
  Json result = Json::object();
  result["optimizer"] = optimizer_to_3(optimizer, version, notes).object;
  result["loss"] = loss_to_3(get(old, "loss"), notes);
  result["loss_weights"] = get(old, "loss_weights");
  result["metrics"] = metric_list_to_3(metrics_to_3(without_output_names(get(old, "metrics")), notes));
  result["weighted_metrics"] =
      metric_list_to_3(metrics_to_3(without_output_names(get(old, "weighted_metrics")), notes));
  result["run_eagerly"] = value_or(old, "run_eagerly", false);
  result["steps_per_execution"] = value_or(old, "steps_per_execution", 1);
  result["jit_compile"] = value_or(old, "jit_compile", true);
  if (get(old, "sample_weight_mode") == "temporal")
    add_note(notes, "sample_weight_mode \"temporal\" was dropped: Keras 3 takes it from the shape of the weights.");
  return result;
}

}  // namespace cornu::saving
