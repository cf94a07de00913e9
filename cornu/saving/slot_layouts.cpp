#include "cornu/saving/slot_layouts.h"

#include <algorithm>
#include <array>

#include "cornu/saving/config_words.h"

namespace cornu::saving {
namespace {

bool flag(const Json& config, std::string_view key) { return get(config, key) == true; }
bool positive(const Json& config, std::string_view key) {
  return get(config, key).is_number() && get(config, key).get<double>() > 0;
}

struct Class {
  std::string_view name;
  std::string_view pair;  // slots that alternate weight by weight in Keras 3, separated by spaces
};
constexpr std::array kPlain{
    Class{"Adam", "momentum velocity"},        Class{"AdamW", "momentum velocity"},
    Class{"Adamax", "momentum norm"},          Class{"Nadam", "momentum velocity"},
    Class{"Lamb", "momentum velocity"},        Class{"ScheduleFreeAdamW", "momentum velocity"},
    Class{"Adagrad", "accumulator"},           Class{"Lion", "momentum"},
    Class{"Ftrl", "accumulator linear"},       Class{"Adadelta", "accumulated_grad accumulated_delta_var"},
    Class{"Adafactor", "row column velocity"}, Class{"Muon", "momentum velocity"}};

std::optional<SlotLayout> own_layout(const std::string& class_name, const Json& config) {
  SlotLayout out;
  if (class_name == "SGD") {
    if (positive(config, "momentum")) out.groups.push_back({"momentum"});
    return out;
  }
  if (class_name == "RMSprop") {
    out.groups.push_back({"velocity"});
    if (positive(config, "momentum")) out.groups.push_back({"momentum"});
    if (flag(config, "centered")) out.groups.push_back({"average_gradient"});
    return out;
  }
  const auto found = std::find_if(kPlain.begin(), kPlain.end(), [&](const Class& c) { return c.name == class_name; });
  if (found == kPlain.end()) return std::nullopt;
  out.groups.push_back(split(found->pair, ' '));
  if (flag(config, "amsgrad")) out.groups.push_back({"velocity_hat"});
  if (class_name == "Nadam") out.scalars_last.push_back("u_product");
  return out;
}

// Group by group what Keras 3 has weight by weight.
SlotLayout in_blocks(const SlotLayout& layout) {
  SlotLayout out = layout;
  out.groups.clear();
  for (const std::vector<std::string>& group : layout.groups)
    for (const std::string& slot : group) out.groups.push_back({slot});
  return out;
}

// Keras 2.1 and 2.2 keep a (1,) placeholder per weight where amsgrad would have its slot.
SlotLayout with_placeholders(SlotLayout layout) {
  layout.groups.push_back({"placeholder"});
  return layout;
}

// Rank-2 weights that are no embeddings have no velocity of Adam.
bool muon_alone(const Json& config, const TrainableWeight& weight) {
  const bool embedding = lower(weight.path).find("embedding") != std::string::npos;
  const Json& excluded = get(config, "exclude_embeddings");
  return weight.shape.rank() == 2 && !(embedding && excluded != false);
}

SlotPlace place_of(const std::string& slot, std::size_t at, const TrainableWeight& weight) {
  const Shape& shape = weight.shape;
  if (slot == "placeholder") return {slot, at, Shape{1}};
  if (slot != "row" && slot != "column") return {slot, at, shape};
  if (shape.rank() < 2) return {slot, at, Shape{}, true};
  std::vector<std::int64_t> dims = shape.dims();
  dims.erase(dims.end() - (slot == "row" ? 1 : 2));
  return {slot, at, Shape(dims)};
}

}  // namespace

std::optional<SlotLayout> keras3_layout(const std::string& class_name, const Json& config) {
  std::optional<SlotLayout> out = own_layout(class_name, config);
  if (!out) return out;
  if (!get(config, "gradient_accumulation_steps").is_null())
    out->groups.insert(out->groups.begin(), {"gradient_accumulator"});
  if (flag(config, "use_ema")) out->groups.insert(out->groups.begin(), {"average"});
  return out;
}

std::vector<SlotLayout> stored_layouts(const std::string& class_name, const Json& config, OptimizerFamily family) {
  const std::optional<SlotLayout> now = keras3_layout(class_name, config);
  if (!now) return {};
  SlotLayout layout = *now;
  // The product of Nadam's momenta: 2.3 and legacy tf.keras have it behind the counter, others did not store it.
  layout.scalars_last.clear();
  if (family == OptimizerFamily::kTfNew) {
    // Some versions keep the slots of an SGD without momentum.
    if (class_name == "SGD" && layout.groups.empty()) return {layout, {{}, {{"momentum"}}, {}}};
    return {layout};
  }
  // The legacy optimizer of Ftrl alone already alternates.
  if (class_name != "Ftrl") layout = in_blocks(layout);
  if (class_name == "Nadam") {
    SlotLayout with_product = layout;
    with_product.scalars_first = {"u_product"};
    return {with_product, layout};
  }
  if (class_name == "SGD" && layout.groups.empty()) return {layout, {{}, {{"momentum"}}, {}}};
  if (family == OptimizerFamily::kKeras1And2) return {layout, with_placeholders(layout)};
  return {layout};
}

std::vector<SlotPlace> places_of(const SlotLayout& layout, const std::string& class_name, const Json& config,
                                 const std::vector<TrainableWeight>& weights, const std::vector<std::size_t>& order,
                                 OptimizerFamily family) {
  std::vector<SlotPlace> out;
  for (const std::string& scalar : layout.scalars_first) out.push_back({scalar});
  for (const std::vector<std::string>& group : layout.groups)
    for (const std::size_t at : order)
      for (const std::string& slot : group) {
        SlotPlace place = place_of(slot, at, weights[at]);
        if (place.filler && family != OptimizerFamily::kKeras3) continue;
        if (class_name == "Muon" && slot == "velocity" && muon_alone(config, weights[at])) continue;
        out.push_back(std::move(place));
      }
  for (const std::string& scalar : layout.scalars_last) out.push_back({scalar});
  return out;
}

std::string place_name(const SlotPlace& place, const std::string& optimizer,
                       const std::vector<TrainableWeight>& weights) {
  if (place.weight == SlotPlace::kNone) return "variable";  // Keras forgets to name it
  std::string path = weights[place.weight].path;
  // Adafactor names these after the weight alone.
  if (place.slot == "row" || place.slot == "column") {
    path = path.substr(path.rfind('/') + 1);
    return place.filler ? path : cat(optimizer, "/", path);
  }
  std::replace(path.begin(), path.end(), '/', '_');
  return cat(optimizer, "/", path, "_", place.slot);
}

}  // namespace cornu::saving
