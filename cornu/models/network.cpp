#include "cornu/models/network.h"

#include <algorithm>
#include <set>

namespace cornu {
namespace {

// What `of` gives for each layer, one after the other, each variable once.
template <class F>
std::vector<Variable> gathered(const std::vector<Layer>& layers, const F& of) {
  std::vector<Variable> out;
  std::set<Variable> seen;
  for (const Layer& layer : layers)
    for (const Variable& v : of(layer.impl()))
      if (seen.insert(v).second) out.push_back(v);
  return out;
}

}  // namespace

std::vector<Value> NetworkImpl::call_all(CallContext& context, const std::vector<Value>& inputs) {
  const std::vector<TensorSpec> specs = this->inputs();
  std::vector<Value> x = inputs;
  for (std::size_t i = 0; i < std::min(x.size(), specs.size()); ++i) x[i] = ops::cast(x[i], specs[i].dtype);
  return emit(context, x);
}

std::vector<Variable> NetworkImpl::variables() const {
  return gathered(layers(), [](const LayerImpl& layer) { return layer.variables(); });
}

std::vector<Variable> NetworkImpl::weights() const {
  return gathered(layers(), [](const LayerImpl& layer) { return layer.weights(); });
}

void NetworkImpl::set_trainable(bool trainable) {
  LayerImpl::set_trainable(trainable);
  for (const Layer& layer : layers()) layer.set_trainable(trainable);
}

std::vector<Variable> NetworkImpl::trainable_variables() const {
  if (!trainable()) return {};
  return gathered(layers(), [](const LayerImpl& layer) { return layer.trainable_variables(); });
}

Layer NetworkImpl::get_layer(const std::string& name) const {
  std::vector<std::string> names;
  for (const Layer& layer : layers()) {
    if (layer.name() == name) return layer;
    names.push_back(layer.name());
  }
  throw ValueError(
      cat("[get_layer] received: \"", name, "\"\n  the layers of \"", this->name(), "\" are: ", join(names, ", ")));
}

NetworkImpl& network_of(const Layer& layer) {
  if (auto* network = dynamic_cast<NetworkImpl*>(&layer.impl())) return *network;
  throw ValueError(cat("\"", layer.name(), "\" is a ", layer.class_name(), "\n  expected: a model"));
}

}  // namespace cornu
