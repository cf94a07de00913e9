#include "cornu/layers/core/operation.h"

#include <algorithm>
#include <array>

#include "cornu/layers/merging/broadcast.h"
#include "cornu/layers/node.h"

namespace cornu {
namespace {

using layers::broadcast_shape;
using Apply = Value (*)(const std::vector<Value>& x);

// The one list of operations, by Keras's class names. All work elementwise, with broadcasting.
struct Entry {
  std::string_view name;
  std::string_view module;
  std::size_t arguments;
  Apply apply;
};

constexpr std::string_view kNumpy = "keras.src.ops.numpy", kNn = "keras.src.ops.nn";
constexpr std::array kOperations{
    Entry{"Add", kNumpy, 2, [](const std::vector<Value>& x) { return x[0] + x[1]; }},
    Entry{"Subtract", kNumpy, 2, [](const std::vector<Value>& x) { return x[0] - x[1]; }},
    Entry{"Multiply", kNumpy, 2, [](const std::vector<Value>& x) { return x[0] * x[1]; }},
    Entry{"TrueDivide", kNumpy, 2, [](const std::vector<Value>& x) { return x[0] / x[1]; }},
    Entry{"Divide", kNumpy, 2, [](const std::vector<Value>& x) { return x[0] / x[1]; }},
    Entry{"Power", kNumpy, 2, [](const std::vector<Value>& x) { return ops::power(x[0], x[1]); }},
    Entry{"Maximum", kNumpy, 2, [](const std::vector<Value>& x) { return ops::maximum(x[0], x[1]); }},
    Entry{"Minimum", kNumpy, 2, [](const std::vector<Value>& x) { return ops::minimum(x[0], x[1]); }},
    Entry{"Negative", kNumpy, 1, [](const std::vector<Value>& x) { return -x[0]; }},
    Entry{"Absolute", kNumpy, 1, [](const std::vector<Value>& x) { return ops::abs(x[0]); }},
    Entry{"Exp", kNumpy, 1, [](const std::vector<Value>& x) { return ops::exp(x[0]); }},
    Entry{"Log", kNumpy, 1, [](const std::vector<Value>& x) { return ops::log(x[0]); }},
    Entry{"Sqrt", kNumpy, 1, [](const std::vector<Value>& x) { return ops::sqrt(x[0]); }},
    Entry{"Square", kNumpy, 1, [](const std::vector<Value>& x) { return ops::square(x[0]); }},
    Entry{"Tanh", kNumpy, 1, [](const std::vector<Value>& x) { return ops::tanh(x[0]); }},
    Entry{"Relu", kNn, 1, [](const std::vector<Value>& x) { return ops::relu(x[0]); }},
    Entry{"Sigmoid", kNn, 1, [](const std::vector<Value>& x) { return ops::sigmoid(x[0]); }},
};

const Entry* find(std::string_view name) {
  for (const Entry& entry : kOperations)
    if (entry.name == name) return &entry;
  return nullptr;
}

class OperationImpl final : public ManyLayerImpl {
 public:
  explicit OperationImpl(const Entry& entry) : entry_(entry) {}
  std::string class_name() const override { return std::string(entry_.name); }
  Json config() const override { return Json{{"name", name()}}; }
  bool autocast() const override { return false; }

  Json serialize() const override {
    Json out = serialized_object(std::string(entry_.module), class_name(), config());
    out["registered_name"] = class_name();
    return out;
  }

  // Constants are a part of the call: they stand in its arguments, not in the configuration.
  void check_call(const Json& args, const Json& kwargs) override {
    if (!kwargs.empty() || args.size() != entry_.arguments)
      fail(
          cat("received: arguments ", dump_json(args), " and ", dump_json(kwargs), "\n  expected: ", entry_.arguments));
    for (const Json& argument : args)
      if (!tensor_argument_index(argument) && !argument.is_number())
        throw NotSupportedError(cat("operation \"", name(), "\" (", class_name(), ") is called with ",
                                    dump_json(argument), "\n  expected: symbolic tensors and numbers"));
    if (!args_.empty() && args != args_)
      throw NotSupportedError(cat("operation \"", name(), "\" (", class_name(), ") is called with ", dump_json(args),
                                  " after a call with ", dump_json(args_), "\n  expected: one call an operation"));
    args_ = args;
  }

  void build_all(const std::vector<Shape>&) override {}

  std::vector<Value> call_all(CallContext& context, const std::vector<Value>& inputs) override {
    DType dtype = inputs.at(0).dtype();
    for (const Json& argument : args_)
      if (argument.is_number_float() && !is_floating(dtype)) dtype = float32;
    std::vector<Value> x;
    for (const Json& argument : args_) {
      const std::optional<std::size_t> input = tensor_argument_index(argument);
      x.push_back(input ? ops::cast(inputs.at(*input), dtype)
                        : ops::full(context.builder(), {}, argument.get<double>(), dtype));
    }
    return {entry_.apply(x)};
  }

  std::vector<Shape> compute_output_shapes(const std::vector<Shape>& shapes) override {
    Shape out = shapes.at(0);
    for (const Shape& shape : shapes) out = broadcast_shape(out, shape, name());
    return {out};
  }

  DType output_dtype(const std::vector<DType>& inputs, std::size_t) const override {
    const bool fraction =
        entry_.name == "TrueDivide" || entry_.name == "Divide" ||
        std::any_of(args_.begin(), args_.end(), [](const Json& argument) { return argument.is_number_float(); });
    return fraction && !is_floating(inputs.at(0)) ? float32 : inputs.at(0);
  }

 private:
  const Entry& entry_;
  Json args_ = Json::array();
};

// A call of a new operation on tensors and numbers, in this order.
struct Argument {
  Argument(const KerasTensor& t) : tensor(t) {}
  Argument(Number n) : number(n) {}
  KerasTensor tensor;
  Number number = 0;
};

KerasTensor operation(const char* name, const std::vector<Argument>& arguments) {
  const auto impl = std::make_shared<OperationImpl>(*find(name));
  impl->configure("", true, "", {});
  Node node;
  node.layer = Layer(impl);
  for (const Argument& a : arguments) {
    if (a.tensor) {
      node.args.push_back(tensor_argument(node.inputs.size()));
      node.inputs.push_back(a.tensor);
    } else if (a.number.is_integer()) {
      node.args.push_back(static_cast<std::int64_t>(a.number));
    } else {
      node.args.push_back(static_cast<double>(a.number));
    }
  }
  return make_call(std::move(node)).at(0);
}

}  // namespace

KerasTensor operator+(const KerasTensor& a, const KerasTensor& b) { return operation("Add", {a, b}); }
KerasTensor operator-(const KerasTensor& a, const KerasTensor& b) { return operation("Subtract", {a, b}); }
KerasTensor operator*(const KerasTensor& a, const KerasTensor& b) { return operation("Multiply", {a, b}); }
KerasTensor operator/(const KerasTensor& a, const KerasTensor& b) { return operation("TrueDivide", {a, b}); }
KerasTensor operator-(const KerasTensor& a) { return operation("Negative", {a}); }
KerasTensor operator+(const KerasTensor& a, Number b) { return operation("Add", {a, b}); }
KerasTensor operator-(const KerasTensor& a, Number b) { return operation("Subtract", {a, b}); }
KerasTensor operator*(const KerasTensor& a, Number b) { return operation("Multiply", {a, b}); }
KerasTensor operator/(const KerasTensor& a, Number b) { return operation("TrueDivide", {a, b}); }
KerasTensor operator+(Number a, const KerasTensor& b) { return operation("Add", {a, b}); }
KerasTensor operator-(Number a, const KerasTensor& b) { return operation("Subtract", {a, b}); }
KerasTensor operator*(Number a, const KerasTensor& b) { return operation("Multiply", {a, b}); }
KerasTensor operator/(Number a, const KerasTensor& b) { return operation("TrueDivide", {a, b}); }

bool layers::is_operation(const Layer& layer) { return dynamic_cast<const OperationImpl*>(&layer.impl()) != nullptr; }

bool layers::is_operation(const Json& object) {
  return object.is_object() && object.contains("module") && object["module"].is_string() &&
         starts_with(object["module"].get<std::string>(), "keras.src.ops.");
}

Layer layers::operation_from_object(const Json& object) {
  const std::string name = object.value("class_name", "");
  const Json config = object.value("config", Json::object());
  const Entry* entry = find(name);
  const std::string own = config.is_object() ? config.value("name", "") : "";
  if (!entry || own.empty() || config.size() != 1) {
    std::vector<std::string> known;
    for (const Entry& e : kOperations) known.emplace_back(e.name);
    throw NotSupportedError(cat("operation \"", own, "\" of class ", name, " with ", dump_json(config),
                                " cannot be built by this version\n  known are: ", join(known, ", ")));
  }
  const auto impl = std::make_shared<OperationImpl>(*entry);
  impl->configure(own, true, "", {});
  return Layer(impl);
}

}  // namespace cornu
