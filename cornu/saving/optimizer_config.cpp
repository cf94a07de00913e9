// Optimizer configurations of any generation in Keras 3's words.
#include <array>

#include "cornu/saving/config_words.h"
#include "cornu/saving/upgrade_steps.h"

namespace cornu::saving {
namespace {

// "sgd" -> "SGD": compile() also takes names, in any case.
std::string class_from_name(const std::string& name) {
  constexpr std::array<std::string_view, 11> kClasses{"SGD",     "RMSprop",  "Adam", "AdamW", "Adamax",   "Nadam",
                                                      "Adagrad", "Adadelta", "Ftrl", "Lion",  "Adafactor"};
  for (const std::string_view known : kClasses)
    if (lower(known) == lower(name)) return std::string(known);
  return name;
}

OptimizerFamily family_of(const Json& config, std::string_view stored_class, const Version& version) {
  if (version.major >= 3) return OptimizerFamily::kKeras3;
  // Only the optimizers of tf.keras 2.11 and later know these two.
  if (starts_with(stored_class, "Custom>") || config.contains("is_legacy_optimizer") || config.contains("jit_compile"))
    return OptimizerFamily::kTfNew;
  if (config.contains("name") || version >= Version{2, 4, 0}) return OptimizerFamily::kTfLegacy;
  return OptimizerFamily::kKeras1And2;
}

// lr / (1 + decay * iterations), as Keras 1 and 2 compute it: a schedule in Keras 3.
Json decayed(const Json& learning_rate, const Json& decay) {
  Json config = Json::object();
  config["initial_learning_rate"] = learning_rate;
  config["decay_steps"] = 1;
  config["decay_rate"] = decay;
  config["staircase"] = false;
  config["name"] = "InverseTimeDecay";
  return keras_object("keras.optimizers.schedules", "InverseTimeDecay", std::move(config));
}

// A schedule of tf.keras lacks module and registered_name.
Json schedule_to_3(const Json& learning_rate) {
  if (!learning_rate.is_object() || learning_rate.contains("module")) return learning_rate;
  return keras_object("keras.optimizers.schedules", class_of(learning_rate), config_of(learning_rate));
}

void upgrade_learning_rate(Json& config, const std::string& class_name, Notes& notes) {
  rename_key(config, "lr", "learning_rate");
  if (config.contains("learning_rate")) config["learning_rate"] = schedule_to_3(config["learning_rate"]);
  const Json decay = get(config, "decay");
  config.erase("decay");
  // Nadam's decay belongs to its momentum schedule.
  if (!decay.is_number() || decay == 0.0 || class_name == "Nadam" || !get(config, "learning_rate").is_number()) return;
  config["learning_rate"] = decayed(config["learning_rate"], decay);
  add_note(notes, "The optimizer's decay became the schedule InverseTimeDecay, which Keras 3 has in its place.");
}

void upgrade_clipping(Json& config, OptimizerFamily family) {
  // Up to 2.3 clipnorm meant the norm over all gradients together.
  if (family == OptimizerFamily::kKeras1And2) rename_key(config, "clipnorm", "global_clipnorm");
}

// What the optimizers of Keras 1, 2 and legacy tf.keras compute otherwise under the same name; `config` as it stood.
Json meaning_of(const std::string& class_name, const Json& config, OptimizerFamily family) {
  if (family != OptimizerFamily::kKeras1And2 && family != OptimizerFamily::kTfLegacy) return nullptr;
  // Epsilon is added to the root, not to what is under it; RMSprop with momentum is another kernel.
  const Json& momentum = get(config, "momentum");
  const bool moves = momentum.is_number() && momentum.get<double>() > 0;
  if (class_name == "Adagrad" || (class_name == "RMSprop" && !moves)) return Json{{"epsilon_outside_root", true}};
  if (class_name == "Nadam") {
    const Json& pace = get(config, family == OptimizerFamily::kTfLegacy ? "decay" : "schedule_decay");
    return Json{{"schedule_decay", pace.is_number() ? pace : Json(0.004)}};
  }
  return nullptr;
}

void note_meaning(const std::string& class_name, const Json& meaning, Notes& notes) {
  const std::string what = meaning.contains("schedule_decay") ? "takes its momentum from a slower schedule"
                                                              : "adds epsilon outside the square root, Keras 3 inside";
  add_note(notes, cat("The writer's ", class_name, " ", what,
                      "; the optimizer is marked with \"cornu\": ", dump_json(meaning), "."));
}

// LossScaleOptimizer, LossScaleOptimizerV1, LossScaleOptimizerV3: the family is the inner optimizer's.
UpgradedOptimizer loss_scale_to_3(const Json& old, const Version& version, Notes& notes) {
  const Json& inner = old.contains("inner_optimizer") ? old["inner_optimizer"] : get(old, "optimizer");
  UpgradedOptimizer result = optimizer_to_3(inner, version, notes);
  Json config = Json::object();
  config["name"] = get_text(old, "name", "loss_scale_optimizer");
  if (get(old, "dynamic") == false) {
    // A fixed scale is an argument of the inner optimizer in Keras 3.
    result.object["config"]["loss_scale_factor"] = get(old, "initial_scale");
    return result;
  }
  config["inner_optimizer"] = result.object;
  config["initial_scale"] = old.value("initial_scale", Json(32768.0));
  config["dynamic_growth_steps"] = old.value("dynamic_growth_steps", Json(2000));
  result.object = keras_object("keras.optimizers", "LossScaleOptimizer", std::move(config));
  return result;
}

}  // namespace

UpgradedOptimizer optimizer_to_3(const Json& optimizer, const Version& version, Notes& notes) {
  if (optimizer.is_null()) return {};
  Json config = config_of(optimizer).is_object() ? config_of(optimizer) : Json::object();
  std::string class_name = optimizer.is_string() ? class_from_name(optimizer.get<std::string>()) : class_of(optimizer);
  UpgradedOptimizer result;
  result.family =
      optimizer.is_string() && version.major == 2 ? OptimizerFamily::kTfNew : family_of(config, class_name, version);
  if (starts_with(class_name, "Custom>")) class_name = class_name.substr(7);
  if (result.family == OptimizerFamily::kKeras3) {
    result.object = keras_object("keras.optimizers", class_name, std::move(config));
    if (optimizer.is_object())
      for (const char* key : {"module", "registered_name", "cornu"})
        if (optimizer.contains(key)) result.object[key] = optimizer[key];
    return result;
  }
  if (starts_with(class_name, "LossScaleOptimizer")) return loss_scale_to_3(config, version, notes);
  const Json meaning = meaning_of(class_name, config, result.family);
  upgrade_learning_rate(config, class_name, notes);
  config.erase("schedule_decay");
  // Sums of squares began at zero there.
  if (class_name == "Adagrad" && result.family == OptimizerFamily::kKeras1And2)
    config["initial_accumulator_value"] = 0.0;
  upgrade_clipping(config, result.family);
  config.erase("is_legacy_optimizer");
  config.erase("jit_compile");
  if (!config.contains("name")) config["name"] = to_snake_case(class_name);
  if (get(config, "epsilon").is_null()) config.erase("epsilon");
  result.object = keras_object("keras.optimizers", class_name, fill_optimizer_template(class_name, config));
  if (!meaning.is_null()) {
    result.object["cornu"] = meaning;
    note_meaning(class_name, meaning, notes);
  }
  return result;
}

}  // namespace cornu::saving
