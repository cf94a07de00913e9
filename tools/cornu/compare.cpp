#include "tools/cornu/compare.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include "cornu/saving/config_words.h"

namespace cornu::tool {
namespace {

using saving::NamedTensor;

// Numbers in configurations pass through float32 in some generations, so they are compared as such.
bool same_value(const Json& a, const Json& b) {
  if (a.is_number() && b.is_number())
    return a == b || static_cast<float>(a.get<double>()) == static_cast<float>(b.get<double>());
  return a == b;
}

// What a file may say or leave out, and another does, about the very same model.
bool is_bookkeeping(const std::string& key) { return key == "shared_object_id" || key == "build_config"; }

// Every place where two JSON values differ: {"at": "config.layers[1].config.units", "a": 64, "b": 32}.
void compare_json(const Json& a, const Json& b, const std::string& at, Json& out) {
  if (a.is_object() && b.is_object()) {
    const auto below = [&](const std::string& key) { return at.empty() ? key : at + "." + key; };
    for (const auto& [key, value] : a.items())
      if (!is_bookkeeping(key)) compare_json(value, b.contains(key) ? b[key] : Json(), below(key), out);
    for (const auto& [key, value] : b.items())
      if (!a.contains(key) && !is_bookkeeping(key)) compare_json(Json(), value, below(key), out);
  } else if (a.is_array() && b.is_array()) {
    for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i)
      compare_json(i < a.size() ? a[i] : Json(), i < b.size() ? b[i] : Json(), cat(at, "[", i, "]"), out);
  } else if (!same_value(a, b)) {
    out.push_back({{"at", at}, {"a", a}, {"b", b}});
  }
}

// --- Layers

using Pairs = std::vector<std::pair<std::optional<std::size_t>, std::optional<std::size_t>>>;

// Layers of one name and class belong together; what is left over, by class in its order, since names count on from
// model to model (dense, dense_1). The rest was removed or added.
Pairs pair_layers(const Json& a, const Json& b) {
  Pairs pairs;
  std::vector<bool> used(b.size(), false);
  std::vector<std::optional<std::size_t>> partner(a.size());
  const auto match = [&](bool by_name) {
    for (std::size_t i = 0; i < a.size(); ++i)
      for (std::size_t k = 0; k < b.size() && !partner[i]; ++k) {
        if (used[k] || saving::class_of(a[i]) != saving::class_of(b[k])) continue;
        if (by_name && saving::layer_name(a[i]) != saving::layer_name(b[k])) continue;
        partner[i] = k;
        used[k] = true;
      }
  };
  match(true);
  match(false);
  for (std::size_t i = 0; i < a.size(); ++i) pairs.emplace_back(i, partner[i]);
  for (std::size_t k = 0; k < b.size(); ++k)
    if (!used[k]) pairs.emplace_back(std::nullopt, k);
  return pairs;
}

Json described(const Json& layer, std::size_t place) {
  return {{"name", saving::layer_name(layer)}, {"class", saving::class_of(layer)}, {"place", place}};
}

Json compare_layers(const Json& a, const Json& b, const Pairs& pairs) {
  Json removed = Json::array(), added = Json::array(), renamed = Json::array(), changed = Json::array();
  for (const auto& [i, k] : pairs) {
    if (!k) {
      removed.push_back(described(a[*i], *i));
    } else if (!i) {
      added.push_back(described(b[*k], *k));
    } else {
      const std::string name = saving::layer_name(a[*i]), other = saving::layer_name(b[*k]);
      if (name != other) renamed.push_back({{"a", name}, {"b", other}});
      Json keys = Json::array();
      compare_json(a[*i], b[*k], "", keys);
      for (auto at = keys.begin(); at != keys.end();)
        at = (*at)["at"] == "config.name" || (*at)["at"] == "name" ? keys.erase(at) : at + 1;
      if (!keys.empty()) changed.push_back({{"name", name}, {"class", saving::class_of(a[*i])}, {"keys", keys}});
    }
  }
  return {{"removed", removed}, {"added", added}, {"renamed", renamed}, {"changed", changed}};
}

// --- Tensors

std::string shown_type(const NamedTensor* t) {
  return t ? cat(name_of(t->value.dtype()), " ", t->value.shape()) : std::string("absent");
}

void compare_tensor(const NamedTensor* a, const NamedTensor* b, Json& out) {
  const std::string name = (a ? a : b)->name;
  if (!a || !b || a->value.shape() != b->value.shape() || a->value.dtype() != b->value.dtype()) {
    out.push_back({{"at", name}, {"a", shown_type(a)}, {"b", shown_type(b)}});
    return;
  }
  if (a->value == b->value) return;
  double largest = 0, scale = 0, change = 0, norm = 0;
  std::int64_t differing = 0;
  for (std::int64_t i = 0; i < a->value.size(); ++i) {
    const double va = a->value.at(i), vb = b->value.at(i);
    if (std::isfinite(va)) norm += va * va;
    if (va == vb || (std::isnan(va) && std::isnan(vb))) continue;
    ++differing;
    const double step = std::fabs(va - vb);
    if (std::isnan(step) || step > largest) largest = step;
    change += step * step;
    scale = std::max({scale, std::fabs(va), std::fabs(vb)});
  }
  if (differing == 0) return;
  out.push_back({{"at", name},
                 {"shape", Json(a->value.shape().dims())},
                 {"elements", a->value.size()},
                 {"differing", differing},
                 {"largest_difference", largest},
                 {"largest_value", scale},
                 {"relative_change", norm > 0 ? Json(std::sqrt(change / norm)) : Json()}});
}

void compare_tensors(const std::vector<NamedTensor>& a, const std::vector<NamedTensor>& b, Json& out) {
  for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i)
    compare_tensor(i < a.size() ? &a[i] : nullptr, i < b.size() ? &b[i] : nullptr, out);
}

const std::vector<NamedTensor>& weights_of(const saving::ModelFile& file, const std::string& layer) {
  static const std::vector<NamedTensor> none;
  for (const saving::LayerWeights& group : file.weights)
    if (group.layer == layer) return group.weights;
  return none;
}

// Layer by layer, as they were paired; groups that no layer of the architecture claims by name.
Json compare_weights(const saving::ModelFile& a, const saving::ModelFile& b, const Json& layers_a, const Json& layers_b,
                     const Pairs& pairs) {
  Json out = Json::array();
  std::set<std::string> claimed_a, claimed_b;
  for (const auto& [i, k] : pairs) {
    const std::string name = i ? saving::layer_name(layers_a[*i]) : "",
                      other = k ? saving::layer_name(layers_b[*k]) : "";
    if (i) claimed_a.insert(name);
    if (k) claimed_b.insert(other);
    const std::size_t first = out.size();
    compare_tensors(i ? weights_of(a, name) : std::vector<NamedTensor>{},
                    k ? weights_of(b, other) : std::vector<NamedTensor>{}, out);
    for (std::size_t at = first; at < out.size(); ++at) out[at]["layer"] = i ? name : other;
  }
  std::set<std::string> rest;
  for (const saving::LayerWeights& group : a.weights)
    if (!claimed_a.contains(group.layer)) rest.insert(group.layer);
  for (const saving::LayerWeights& group : b.weights)
    if (!claimed_b.contains(group.layer)) rest.insert(group.layer);
  for (const std::string& layer : rest) {
    const std::size_t first = out.size();
    compare_tensors(claimed_a.contains(layer) ? std::vector<NamedTensor>{} : weights_of(a, layer),
                    claimed_b.contains(layer) ? std::vector<NamedTensor>{} : weights_of(b, layer), out);
    for (std::size_t at = first; at < out.size(); ++at) out[at]["layer"] = layer;
  }
  return out;
}

Json without(Json object, const char* key) {
  if (object.is_object()) object.erase(key);
  return object;
}

// Of the model itself: its class, its name, what goes in and out, not its layers.
Json frame(const Json& architecture) {
  Json out = without(architecture, "compile_config");
  if (saving::config_of(out).is_object()) out["config"].erase("layers");
  return out;
}

}  // namespace

Json compare_models(const saving::ModelFile& a, const saving::ModelFile& b) {
  const Json& layers_a = saving::layers_of(a.architecture);
  const Json& layers_b = saving::layers_of(b.architecture);
  const Pairs pairs = pair_layers(layers_a, layers_b);
  const Json layers = compare_layers(layers_a, layers_b, pairs);
  Json architecture = Json::array(), training = Json::array(), optimizer = Json::array(), state = Json::array();
  compare_json(frame(a.architecture), frame(b.architecture), "", architecture);
  const Json weights = compare_weights(a, b, layers_a, layers_b, pairs);
  const Json compile_a = a.compile_config.value_or(nullptr), compile_b = b.compile_config.value_or(nullptr);
  compare_json(without(compile_a, "optimizer"), without(compile_b, "optimizer"), "", training);
  compare_json(saving::get(compile_a, "optimizer"), saving::get(compile_b, "optimizer"), "", optimizer);
  compare_tensors(a.optimizer, b.optimizer, state);
  bool same = architecture.empty() && weights.empty() && training.empty() && optimizer.empty() && state.empty();
  for (const Json& list : layers) same = same && list.empty();
  return {{"same", same},
          {"layers", layers},
          {"architecture", architecture},
          {"weights", weights},
          {"training_config", training},
          {"optimizer", optimizer},
          {"optimizer_state", state}};
}

}  // namespace cornu::tool
