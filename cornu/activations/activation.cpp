#include "cornu/activations/activation.h"

#include <map>
#include <mutex>
#include <set>
#include <vector>

#include "cornu/activations/functions.h"
#include "cornu/core/error.h"
#include "cornu/core/registry.h"

namespace cornu {
namespace {

// Of Keras 1 and 2; Keras 3 has no word for it.
constexpr const char* kOldHardSigmoid = "hard_sigmoid_keras2";

struct Table {
  std::mutex mutex;                                   // users may register from any thread
  std::set<std::string> foreign = {kOldHardSigmoid};  // what Keras has no name for
  std::map<std::string, Activation::Function> functions = {
      {"celu", [](Value x) { return activations::celu(x); }},
      {"elu", [](Value x) { return activations::elu(x); }},
      {"exponential", activations::exponential},
      {"gelu", [](Value x) { return activations::gelu(x); }},
      {"glu", [](Value x) { return activations::glu(x); }},
      {"hard_shrink", [](Value x) { return activations::hard_shrink(x); }},
      {"hard_sigmoid", activations::hard_sigmoid},
      {kOldHardSigmoid, activations::hard_sigmoid_keras2},
      {"hard_silu", activations::hard_silu},
      {"hard_tanh", activations::hard_tanh},
      {"leaky_relu", [](Value x) { return activations::leaky_relu(x); }},
      {"linear", activations::linear},
      {"log_sigmoid", activations::log_sigmoid},
      {"log_softmax", [](Value x) { return activations::log_softmax(x); }},
      {"mish", activations::mish},
      {"relu", [](Value x) { return activations::relu(x); }},
      {"relu6", activations::relu6},
      {"selu", activations::selu},
      {"sigmoid", activations::sigmoid},
      {"silu", activations::silu},
      {"soft_shrink", [](Value x) { return activations::soft_shrink(x); }},
      {"softmax", [](Value x) { return activations::softmax(x); }},
      {"softplus", activations::softplus},
      {"softsign", activations::softsign},
      {"sparse_plus", activations::sparse_plus},
      {"sparse_sigmoid", activations::sparse_sigmoid},
      {"sparsemax", [](Value x) { return activations::sparsemax(x); }},
      {"squareplus", [](Value x) { return activations::squareplus(x); }},
      {"tanh", activations::tanh},
      {"tanh_shrink", activations::tanh_shrink},
  };
};

Table& table() {
  static Table t;
  return t;
}

// Keras itself writes the second spelling when it is given the first.
std::string canonical(const std::string& name) {
  if (name == "swish") return "silu";
  if (name == "hard_swish") return "hard_silu";
  return name;
}

// "name" of "package>name", as Keras calls what somebody has registered.
std::string bare(const std::string& name) {
  const std::size_t mark = name.rfind('>');
  return mark == std::string::npos ? name : name.substr(mark + 1);
}

Activation::Function find(const std::string& full_name) {
  const std::lock_guard lock(table().mutex);
  const auto& functions = table().functions;
  if (const auto it = functions.find(full_name); it != functions.end()) return it->second;
  const std::string name = bare(full_name);
  if (const auto it = functions.find(name); it != functions.end()) return it->second;
  std::vector<std::string> known = {"swish", "hard_swish"};
  for (const auto& [key, function] : functions) known.push_back(key);
  const std::string near = nearest(name, known);
  throw ValueError(cat("unknown activation\n  received: \"", name, "\"\n  ",
                       near.empty() ? cat("known are: ", join(known, ", ")) : cat("did you mean \"", near, "\"?"),
                       "\n  your own function: call activations::register_activation(\"", name, "\", ...) first"));
}

}  // namespace

Activation::Activation() : name_("linear"), function_(activations::linear) {}
Activation::Activation(const std::string& name) : name_(canonical(name)), function_(find(name_)) {}
Activation Activation::deserialize(const Json& spec) { return activations::get(spec); }

Json Activation::serialize() const { return activations::is_keras_name(name_) ? Json(name_) : function_by_name(name_); }

namespace activations {

Activation get(const Json& spec) {
  if (spec.is_null()) return {};
  if (spec.is_string()) return {spec.get<std::string>()};
  if (spec.is_object()) {
    // {"class_name": "function", "config": "Custom>my_activation"}: a function of the user's; Keras 2 wrote built-in
    // ones so, too.
    const auto config = spec.find("config");
    if (config != spec.end() && config->is_string()) {
      const std::string name = config->get<std::string>();
      return {is_keras_name(bare(name)) ? bare(name) : name};
    }
  }
  throw ValueError(
      cat("an activation is a name\n  received: ", dump_json(spec),
          "\n  expected: \"relu\", \"softmax\", ..., or null for none; a layer such as LeakyReLU stands in "
          "the model as a layer of its own"));
}

void register_activation(const std::string& name, Activation::Function function) {
  const std::lock_guard lock(table().mutex);
  table().functions[name] = std::move(function);
  table().foreign.insert(name);
}

bool is_keras_name(const std::string& name) {
  const std::lock_guard lock(table().mutex);
  return table().functions.contains(name) && !table().foreign.contains(name);
}

}  // namespace activations
}  // namespace cornu
