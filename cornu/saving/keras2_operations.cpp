// Keras 2 -> 3: operators on symbolic tensors. tf.keras had one layer class for them, TFOpLambda, that names a function
// of TensorFlow; in Keras 3 each operation has a class of its own.
#include <array>

#include "cornu/core/text.h"
#include "cornu/saving/config_words.h"
#include "cornu/saving/upgrade_steps.h"

namespace cornu::saving {
namespace {

struct Operation {
  std::string_view functions;  // of TensorFlow, separated by spaces
  std::string_view module;
  std::string_view class_name;
};

constexpr std::string_view kNumpy = "keras.src.ops.numpy", kNn = "keras.src.ops.nn";
constexpr std::array kOperations{
    Operation{"__operators__.add math.add", kNumpy, "Add"},
    Operation{"math.subtract", kNumpy, "Subtract"},
    Operation{"math.multiply", kNumpy, "Multiply"},
    Operation{"math.truediv math.divide", kNumpy, "TrueDivide"},
    Operation{"math.pow", kNumpy, "Power"},
    Operation{"math.maximum", kNumpy, "Maximum"},
    Operation{"math.minimum", kNumpy, "Minimum"},
    Operation{"math.negative", kNumpy, "Negative"},
    Operation{"math.abs", kNumpy, "Absolute"},
    Operation{"math.exp", kNumpy, "Exp"},
    Operation{"math.log", kNumpy, "Log"},
    Operation{"math.sqrt", kNumpy, "Sqrt"},
    Operation{"math.square", kNumpy, "Square"},
    Operation{"math.tanh nn.tanh", kNumpy, "Tanh"},
    Operation{"nn.relu", kNn, "Relu"},
    Operation{"math.sigmoid nn.sigmoid", kNn, "Sigmoid"},
};

const Operation* find_operation(const std::string& function) {
  for (const Operation& operation : kOperations)
    for (const std::string& name : split(operation.functions, ' '))
      if (name == function) return &operation;
  return nullptr;
}

// f(x, y=..., name=None) -> f(x, y). False for a call with more arguments.
bool positional(Json& call) {
  for (const char* second : {"y", "x2"})
    if (call["kwargs"].contains(second)) {
      call["args"].push_back(call["kwargs"][second]);
      call["kwargs"].erase(second);
      break;
    }
  if (get(call["kwargs"], "name").is_null()) call["kwargs"].erase("name");
  return call["kwargs"].empty();
}

}  // namespace

Json operation_to_3(const Json& layer) {
  const std::string function = get_text(config_of(layer), "function");
  const Operation* operation = find_operation(function);
  if (class_of(layer) != "TFOpLambda" || !operation) return layer;
  Json result = layer;
  for (Json& call : result["inbound_nodes"])
    if (!positional(call)) return layer;
  result["module"] = operation->module;
  result["class_name"] = operation->class_name;
  result["config"] = Json{{"name", layer_name(layer)}};
  result["registered_name"] = operation->class_name;
  return result;
}

}  // namespace cornu::saving
