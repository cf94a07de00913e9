// Which objects of a configuration make Keras run, import or fetch something.
#include <array>
#include <set>

#include "cornu/core/registry.h"
#include "cornu/core/text.h"
#include "cornu/saving/config_words.h"
#include "cornu/saving/scan.h"

namespace cornu::saving {
namespace {

// Functions that people put into a Lambda, and the layer that says the same.
constexpr std::array<std::pair<std::string_view, std::string_view>, 14> kSimpleFunctions{{
    {"relu", "Activation(\"relu\")"},
    {"softmax", "Activation(\"softmax\")"},
    {"sigmoid", "Activation(\"sigmoid\")"},
    {"tanh", "Activation(\"tanh\")"},
    {"flatten", "Flatten()"},
    {"batch_flatten", "Flatten()"},
    {"reshape", "Reshape(target_shape)"},
    {"transpose", "Permute(dims)"},
    {"permute_dimensions", "Permute(dims)"},
    {"concatenate", "Concatenate()"},
    {"add", "Add()"},
    {"multiply", "Multiply()"},
    {"l2_normalize", "UnitNormalization()"},
    {"resize", "Resizing(height, width)"},
}};

std::string last_part(const std::string& name) {
  const std::size_t dot = name.rfind('.');
  return dot == std::string::npos ? name : name.substr(dot + 1);
}

std::string layer_for(const std::string& function) {
  for (const auto& [name, layer] : kSimpleFunctions)
    if (last_part(function) == name) return std::string(layer);
  return "";
}

// The payload of a Lambda in any of its forms: how large, and what kind.
std::string payload_of(const Json& function) {
  if (function.is_object() && class_of(function) == "__lambda__")
    return cat(get_text(config_of(function), "code").size(), " characters of compiled Python (base64 marshal)");
  if (function.is_array() && !function.empty() && function[0].is_string())
    return cat(function[0].get<std::string>().size(), " characters of compiled Python (marshal)");
  if (function.is_object() && class_of(function) == "function")
    return cat("the function ", get_text(function, "module"), ".", dump_json(config_of(function)), " by name");
  if (function.is_string()) return cat("the function '", function.get<std::string>(), "' by name");
  return "a function in an unknown form";
}

std::string function_name(const Json& function) {
  if (function.is_string()) return function.get<std::string>();
  if (function.is_object() && class_of(function) == "function" && config_of(function).is_string())
    return config_of(function).get<std::string>();
  return "";
}

DangerousClass lambda(const Json& config, bool legacy) {
  const Json& function = get(config, "function");
  DangerousClass result{Finding::kCode, cat("a Lambda layer with ", payload_of(function)),
                        legacy ? "CVE-2025-9905" : "CVE-2024-3660", layer_for(function_name(function))};
  // From a file of weights and layers alone (Keras 1 and 2) nothing else ever kept it from running.
  if (legacy && !function.is_object()) result.pattern = "CVE-2024-3660";
  if (config.is_object() && config.contains("safe_mode")) result.pattern = "CVE-2026-12481";
  return result;
}

// Functions of TensorFlow that only compute: what operators on symbolic tensors become in tf.keras.
bool only_computes(const std::string& function) {
  static const std::set<std::string> known = {"cast",
                                              "concat",
                                              "expand_dims",
                                              "squeeze",
                                              "reshape",
                                              "transpose",
                                              "compat.v1.transpose",
                                              "stack",
                                              "unstack",
                                              "split",
                                              "tile",
                                              "identity",
                                              "shape",
                                              "compat.v1.shape",
                                              "zeros_like",
                                              "ones_like",
                                              "clip_by_value",
                                              "gather",
                                              "where",
                                              "slice",
                                              "strided_slice",
                                              "reverse",
                                              "one_hot",
                                              "norm",
                                              "compat.v1.squeeze",
                                              "compat.v1.gather",
                                              "rank"};
  for (const char* space : {"math.", "nn.", "__operators__.", "linalg.", "image.resize"})
    if (starts_with(function, space)) return true;
  return known.contains(function);
}

// What Python itself offers to whoever wants to run something.
bool is_python_weapon(const std::string& name) {
  static const std::set<std::string> weapons = {"eval",    "exec",    "compile", "__import__", "open",
                                                "getattr", "setattr", "globals", "vars",       "breakpoint",
                                                "input",   "delattr", "help"};
  return weapons.contains(last_part(name));
}

// Keras's, or of its makers' libraries.
bool is_trusted_module(const std::string& module) {
  const std::string top = module.substr(0, module.find('.'));
  return is_keras_module(module) || top == "keras_hub" || top == "keras_cv" || top == "keras_nlp";
}

// Functions of Keras itself that fetch, unpack, run or switch something when a configuration calls them.
bool is_keras_weapon(const std::string& module, const std::string& name) {
  static const std::set<std::string> weapons = {"get_file",           "enable_unsafe_deserialization",
                                                "load_model",         "load_weights",
                                                "load_img",           "run_script",
                                                "extract_archive",    "set_backend",
                                                "save_model",         "array_to_img",
                                                "save_img",           "deserialize_keras_object",
                                                "get_custom_objects", "enable_interactive_logging",
                                                "model_to_dot"};
  return is_trusted_module(module) && weapons.contains(last_part(name));
}

std::optional<DangerousClass> by_module(const std::string& module, const std::string& name, bool registered) {
  if (module.empty()) return std::nullopt;
  if (is_keras_weapon(module, name)) {
    const bool unlocks = name.find("unsafe") != std::string::npos;
    return DangerousClass{Finding::kImport, cat("calls Keras's own ", module, ".", name),
                          unlocks ? "CVE-2025-9906" : "CVE-2025-8747", ""};
  }
  if (is_trusted_module(module)) return std::nullopt;
  if (module == "builtins") {  // where Keras 3 says that a plain function comes from
    if (!is_python_weapon(name)) return std::nullopt;
    return DangerousClass{Finding::kImport, cat("names Python's own ", name), "CVE-2025-1550", ""};
  }
  return DangerousClass{Finding::kImport,
                        cat("names ", name, " of the module ", module, ", which a loader would import"),
                        registered ? "" : "CVE-2025-1550", ""};
}

std::optional<DangerousClass> by_class(const std::string& name, const Json& config, bool legacy) {
  if (name == "Lambda") return lambda(config, legacy);
  if (name == "__lambda__")
    return DangerousClass{Finding::kCode,
                          cat("a function as ", payload_of(Json{{"class_name", name}, {"config", config}})),
                          "CVE-2024-3660", ""};
  if (name == "TFSMLayer")
    return DangerousClass{
        Finding::kCode, cat("a TFSMLayer, which loads and runs the SavedModel at '", get_text(config, "filepath"), "'"),
        "CVE-2026-1462", ""};
  if (name == "TorchModuleWrapper")
    return DangerousClass{
        Finding::kCode, cat("a TorchModuleWrapper with a pickle of ", get_text(config, "module").size(), " characters"),
        "CVE-2025-49655", ""};
  if (name == "JaxLayer" || name == "FlaxLayer")
    return DangerousClass{Finding::kCode, cat("a ", name, ", whose functions are named by modules"), "", ""};
  if (name == "TFOpLambda" || name == "SlicingOpLambda" || name == "ClassMethod" || name == "InstanceMethod") {
    if (only_computes(get_text(config, "function"))) return std::nullopt;
    return DangerousClass{
        Finding::kImport,
        cat("a ", name, " that calls TensorFlow's ", get_text(config, "function", get_text(config, "symbol", "?"))), "",
        layer_for(get_text(config, "function"))};
  }
  if (name == "TensorFlowOpLayer")
    return DangerousClass{Finding::kImport, "a TensorFlowOpLayer, which runs an operation of TensorFlow", "", ""};
  return std::nullopt;
}

}  // namespace

std::optional<DangerousClass> dangerous_class(const Json& object, bool legacy) {
  const std::string name = class_of(object);
  const std::string bare = name.substr(name.rfind('>') == std::string::npos ? 0 : name.rfind('>') + 1);
  if (auto found = by_class(bare, config_of(object), legacy)) return found;
  const Json& module = get(object, "module");
  const Json& config = config_of(object);
  // A function by name: {"module": ..., "class_name": "function", "config": "name"}.
  const std::string target = name == "function" && config.is_string() ? config.get<std::string>() : bare;
  const std::string registered = get_text(object, "registered_name");
  if (module.is_string()) {
    const bool by_writer = registered.find('>') != std::string::npos && name != "function";
    if (auto found = by_module(module.get<std::string>(), target, by_writer)) return found;
  }
  if (registered.find('>') != std::string::npos || name.find('>') != std::string::npos) {
    const std::string full = registered.find('>') != std::string::npos ? registered : name;
    // Optimizers of Keras 2.11 are called so and harmless.
    if (!starts_with(full, "Custom>") || !module.is_null())
      return DangerousClass{Finding::kImport, cat("a class that the writer had registered, ", full), "", ""};
  }
  return std::nullopt;
}

}  // namespace cornu::saving
