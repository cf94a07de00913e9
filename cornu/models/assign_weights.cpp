#include "cornu/models/assign_weights.h"

#include <map>
#include <set>

namespace cornu::models {
namespace {

using Group = saving::LayerWeights;
using Pairs = std::vector<std::pair<Layer, const Group*>>;

// "outer/block/dense/kernel" -> "dense/kernel".
std::string last_two(const std::string& path) {
  const std::size_t last = path.rfind('/');
  const std::size_t before = last == std::string::npos || last == 0 ? last : path.rfind('/', last - 1);
  return before == std::string::npos ? path : path.substr(before + 1);
}

// Where in the group each variable stands: by names where all of them say it (old versions of Keras froze models
// otherwise, and so had another order), else one after the other.
std::vector<std::size_t> places_in(const Group& group, const std::vector<Variable>& own) {
  std::map<std::string, std::size_t> by_name;
  for (std::size_t i = 0; i < group.weights.size(); ++i) by_name.emplace(last_two(group.weights[i].name), i);
  std::vector<std::size_t> places;
  std::set<std::size_t> used;
  for (const Variable& v : own)
    if (const auto at = by_name.find(last_two(v.path())); at != by_name.end() && used.insert(at->second).second)
      places.push_back(at->second);
  if (places.size() == own.size()) return places;
  places.clear();
  for (std::size_t i = 0; i < own.size(); ++i) places.push_back(i);
  return places;
}

// In order, as Keras does; files may hold groups for layers without weights.
Pairs pairs_in_order(const std::vector<Layer>& layers, const std::vector<Group>& groups) {
  std::vector<const Group*> filled;
  for (const Group& group : groups)
    if (!group.weights.empty()) filled.push_back(&group);
  Pairs pairs;
  std::size_t next = 0;
  for (const Layer& layer : layers) {
    if (layer.weights().empty()) continue;
    if (next == filled.size())
      throw FileError(cat("the file holds no weights for layer \"", layer.name(), "\"\n  received: weights of ",
                          filled.size(), " layers"));
    pairs.emplace_back(layer, filled[next++]);
  }
  if (next != filled.size())
    throw FileError(cat("the file holds weights that no layer takes\n  received: \"", filled[next]->layer, "\" and ",
                        filled.size() - next - 1, " more"));
  return pairs;
}

Pairs pairs_by_name(const std::vector<Layer>& layers, const std::vector<Group>& groups) {
  std::map<std::string, const Group*> by_name;
  for (const Group& group : groups) by_name.emplace(group.layer, &group);
  Pairs pairs;
  for (const Layer& layer : layers)
    if (const auto at = by_name.find(layer.name()); at != by_name.end() && !layer.weights().empty())
      pairs.emplace_back(layer, at->second);
  return pairs;
}

}  // namespace

std::vector<Variable> in_file_order(const Layer& layer) {
  std::vector<Variable> out = layer.trainable_weights();
  const std::vector<Variable> others = layer.non_trainable_weights();
  out.insert(out.end(), others.begin(), others.end());
  return out;
}

void assign_weights(const Layer& network, const std::vector<Group>& groups, const AssignOptions& options,
                    std::vector<std::string>* notes) {
  const auto refuse = [&](const std::string& received, const std::string& expected) {
    if (!options.skip_mismatch) throw FileError(cat(received, "\n  expected: ", expected));
    if (notes) notes->push_back(cat("not loaded: ", received, ", expected: ", expected));
  };
  const std::vector<Layer>& layers = network_of(network).layers();
  std::vector<std::pair<Variable, const Tensor*>> values;
  for (const auto& [layer, group] : options.by_name ? pairs_by_name(layers, groups) : pairs_in_order(layers, groups)) {
    const std::vector<Variable> own = in_file_order(layer);
    if (own.size() != group->weights.size()) {
      refuse(cat("layer \"", layer.name(), "\" received: ", group->weights.size(), " arrays from the file"),
             cat(own.size()));
      continue;
    }
    const std::vector<std::size_t> places = places_in(*group, own);
    for (std::size_t i = 0; i < own.size(); ++i) {
      const Tensor& value = group->weights[places[i]].value;
      if (own[i].shape() == value.shape())
        values.emplace_back(own[i], &value);
      else
        refuse(cat("weight \"", own[i].path(), "\" received: shape ", value.shape(), " from the file"),
               cat(own[i].shape()));
    }
  }
  for (const auto& [variable, value] : values) variable.assign(*value);
}

}  // namespace cornu::models
