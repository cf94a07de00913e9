#include "cornu/models/network.h"

#include <algorithm>

namespace cornu {
namespace {

void collect(const std::vector<Layer>& layers, bool trainable, bool frozen, std::vector<Variable>& out) {
  for (const Layer& layer : layers) {
    if (const auto* inner = dynamic_cast<const NetworkImpl*>(&layer.impl())) {
      collect(inner->layers(), trainable, frozen || !layer.trainable(), out);
      continue;
    }
    for (const Variable& v : layer.impl().variables())
      if (!v.is_seed_state() && (!frozen && layer.impl().trains(v)) == trainable) out.push_back(v);
  }
}

}  // namespace

std::vector<Variable> NetworkImpl::variables() const {
  std::vector<Variable> out;
  for (const Layer& layer : layers())
    for (const Variable& v : layer.impl().variables()) out.push_back(v);
  return out;
}

std::vector<Variable> NetworkImpl::weights() const {
  std::vector<Variable> out;
  for (const Layer& layer : layers())
    for (const Variable& v : layer.weights()) out.push_back(v);
  return out;
}

void NetworkImpl::set_trainable(bool trainable) {
  LayerImpl::set_trainable(trainable);
  for (const Layer& layer : layers()) layer.set_trainable(trainable);
}

bool NetworkImpl::trains(const Variable& variable) const {
  if (!trainable()) return false;
  for (const Layer& layer : layers()) {
    const std::vector<Variable> own = layer.impl().variables();
    if (std::find(own.begin(), own.end(), variable) != own.end()) return layer.impl().trains(variable);
  }
  return false;
}

std::vector<Variable> NetworkImpl::trainable_variables() const {
  std::vector<Variable> out;
  collect(layers(), true, !trainable(), out);
  return out;
}

std::vector<Variable> NetworkImpl::non_trainable_variables() const {
  std::vector<Variable> out;
  collect(layers(), false, !trainable(), out);
  return out;
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
