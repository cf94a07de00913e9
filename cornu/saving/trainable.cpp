// Which weights an optimizer updates: only those have slots.
#include <algorithm>
#include <array>

#include "cornu/saving/config_words.h"
#include "cornu/saving/upgrade_steps.h"

namespace cornu::saving {
namespace {

// The last part of the path, without TensorFlow's ":0" and Keras 1's "layer_" in front.
bool is_statistic(const std::string& weight) {
  constexpr std::array<std::string_view, 6> kStatistics{"moving_mean", "moving_variance",      "running_mean",
                                                        "running_std", "seed_generator_state", "vector_u"};
  const std::string_view stem = std::string_view(weight).substr(0, weight.find(':'));
  return std::any_of(kStatistics.begin(), kStatistics.end(), [&](auto ending) { return ends_with(stem, ending); });
}

// The inner layer that a path such as "block/dense/kernel:0" belongs to, or null.
const Json* inner_layer(const Json& layer, const std::string& weight) {
  const std::vector<std::string> parts = split(weight, '/');
  for (const Json& inner : layers_of(layer))
    if (std::find(parts.begin(), parts.end() - 1, layer_name(inner)) != parts.end() - 1) return &inner;
  return nullptr;
}

}  // namespace

bool is_trainable(const Json& layer, const std::string& weight) {
  const Json& config = config_of(layer);
  if (get(config, "trainable") == false) return false;
  if (const Json* inner = inner_layer(layer, weight)) return is_trainable(*inner, weight);
  if (const Json& wrapped = get(config, "layer"); wrapped.is_object()) return is_trainable(wrapped, weight);
  const std::string class_name = class_of(layer);
  // Normalization (the preprocessing layer) has nothing but statistics.
  return class_name != "Normalization" && !is_statistic(weight);
}

std::vector<WeightPosition> trainable_weights(const Json& architecture, const std::vector<LayerWeights>& weights) {
  std::vector<WeightPosition> result;
  if (get(config_of(architecture), "trainable") == false) return result;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const Json& layers = layers_of(architecture);
    const auto layer = std::find_if(layers.begin(), layers.end(),
                                    [&](const Json& candidate) { return layer_name(candidate) == weights[i].layer; });
    for (std::size_t k = 0; k < weights[i].weights.size(); ++k)
      if (layer == layers.end() ? !is_statistic(weights[i].weights[k].name)
                                : is_trainable(*layer, weights[i].weights[k].name))
        result.push_back({i, k});
  }
  return result;
}

}  // namespace cornu::saving
