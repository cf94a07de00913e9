// Optimizer state of any generation in Keras 3's order: iteration, learning_rate, slots.
#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "cornu/core/beside.h"
#include "cornu/saving/config_words.h"
#include "cornu/saving/slot_layouts.h"
#include "cornu/saving/upgrade_steps.h"

namespace cornu::saving {
namespace {

// Positions of the trainable weights in the order in which the file's slots follow them.
using Order = std::vector<std::size_t>;
// (slot, weight) -> what the file has there.
using Found = std::map<std::pair<std::string, std::size_t>, const Tensor*>;

Order model_order(const StoredOptimizer& stored) {
  Order order(stored.trainable.size());
  std::iota(order.begin(), order.end(), 0);
  return order;
}

std::vector<Order> possible_orders(const StoredOptimizer& stored) {
  const Order model = model_order(stored);
  if (stored.family != OptimizerFamily::kKeras1And2 || stored.version >= Version{2, 0, 6}) return {model};
  // Keras up to 2.0.5 sorted the weights by name first.
  Order sorted = model;
  std::stable_sort(sorted.begin(), sorted.end(), [&](std::size_t a, std::size_t b) {
    return stored.trainable[a].stored_name < stored.trainable[b].stored_name;
  });
  // Keras 1.0 on Theano sorted by a name that counts the variables as they are made: the model's order.
  const bool theano = !stored.trainable.empty() && stored.trainable[0].stored_name.find(':') == std::string::npos;
  if (theano && stored.version < Version{1, 1, 0}) return {model, sorted};
  return {sorted, model};
}

// What the optimizer is called, and what it is.
struct Described {
  std::string class_name, name;
  Json config;
  Json beside;  // "cornu"
};

Described described(const Json& optimizer) {
  return {class_of(optimizer), get_text(config_of(optimizer), "name", to_snake_case(class_of(optimizer))),
          config_of(optimizer), get(optimizer, kBeside)};
}

std::optional<Found> arrange(const StoredOptimizer& stored, std::size_t first, const std::vector<SlotPlace>& places) {
  if (stored.tensors.size() != first + places.size()) return std::nullopt;
  Found found;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const Tensor& tensor = stored.tensors[first + i].value;
    if (tensor.shape() != places[i].shape) return std::nullopt;
    found[{places[i].slot, places[i].weight}] = &tensor;
  }
  return found;
}

// The product of Nadam's momenta so far: it follows from the counter where a file does not keep it.
float product_of_momenta(const Described& optimizer, std::int64_t iterations) {
  const double beta = get(optimizer.config, "beta_1").is_number() ? optimizer.config["beta_1"].get<double>() : 0.9;
  const double pace = beside(optimizer.beside, "schedule_decay", 1.0);
  double product = 1.0;
  for (std::int64_t t = 1; t <= iterations && product > 1e-45; ++t)
    product *= beta * (1.0 - 0.5 * std::pow(0.96, pace * static_cast<double>(t)));
  return static_cast<float>(product);
}

OptimizerState refused(const std::string& class_name, const std::string& why) {
  return {{}, cat("the state of optimizer ", class_name, " cannot be restored: ", why)};
}

// A .keras numbers the variables; these are the names that Keras 3 itself has for them ("variable_5" where the table
// does not know the class).
std::vector<NamedTensor> with_names(const StoredOptimizer& stored, const Json& optimizer, std::size_t first = 0) {
  const Described d = described(optimizer);
  std::vector<NamedTensor> result = stored.tensors;
  std::vector<std::string> names{d.name + "/iteration"};
  if (get(d.config, "learning_rate").is_number() || d.class_name == "LossScaleOptimizer")
    names.push_back(d.name + "/learning_rate");
  if (d.class_name == "LossScaleOptimizer") {
    result = with_names(stored, get(d.config, "inner_optimizer"), first + 4);
    for (const char* own : {"step_counter", "dynamic_scale"}) names.push_back(cat(d.name, "/", own));
  } else if (const auto layout = keras3_layout(d.class_name, d.config)) {
    const std::vector<SlotPlace> places =
        places_of(*layout, d.class_name, d.config, stored.trainable, model_order(stored), OptimizerFamily::kKeras3);
    if (stored.tensors.size() == first + names.size() + places.size())
      for (const SlotPlace& place : places) names.push_back(place_name(place, d.name, stored.trainable));
  }
  const bool inner = d.class_name == "LossScaleOptimizer";
  for (std::size_t i = first; i < result.size() && !(inner && i >= first + names.size()); ++i)
    result[i].name = i - first < names.size() ? names[i - first] : cat(d.name, "/variable_", i);
  return result;
}

// Keras 3 counts in a wrapper of its own; older files hold the state of the inner optimizer alone.
OptimizerState wrapped_state(const StoredOptimizer& stored, const Described& d, Notes& notes) {
  OptimizerState inner = optimizer_state_to_3(stored, get(d.config, "inner_optimizer"), notes);
  if (!inner.lost.empty() || inner.tensors.empty()) return inner;
  const Json& scale = get(d.config, "initial_scale");
  std::vector<NamedTensor> result{
      {d.name + "/iteration", Tensor::scalar<std::int64_t>(0)},
      {d.name + "/learning_rate", Tensor::scalar<float>(0)},
      {d.name + "/step_counter", Tensor::scalar<std::int32_t>(0)},
      {d.name + "/dynamic_scale", Tensor::scalar<float>(scale.is_number() ? scale.get<float>() : 32768.0f)}};
  add_note(notes, "The writer did not store the loss scale; it begins again with the initial scale.");
  result.insert(result.end(), inner.tensors.begin(), inner.tensors.end());
  return {std::move(result), ""};
}

// What moved the weight moves its slots.
Tensor moved(const Tensor& value, const SlotPlace& place, const StoredOptimizer& stored) {
  if (place.weight == SlotPlace::kNone || value.shape() != stored.trainable[place.weight].shape) return value;
  return stored.trainable[place.weight].move(value);
}

OptimizerState in_keras3_order(const StoredOptimizer& stored, const Described& d, const Found& found,
                               std::int64_t iteration) {
  std::vector<NamedTensor> result{{d.name + "/iteration", Tensor::scalar<std::int64_t>(iteration)}};
  if (get(d.config, "learning_rate").is_number())  // a schedule needs no variable
    result.push_back({d.name + "/learning_rate", Tensor::scalar<float>(get(d.config, "learning_rate").get<float>())});
  for (const SlotPlace& place : places_of(*keras3_layout(d.class_name, d.config), d.class_name, d.config,
                                          stored.trainable, model_order(stored), OptimizerFamily::kKeras3)) {
    const auto at = found.find({place.slot, place.weight});
    Tensor value;
    if (at != found.end())
      value = moved(*at->second, place, stored);
    else if (place.filler)
      value = Tensor::scalar<std::int32_t>(0);
    else if (place.slot == "u_product")
      value = Tensor::scalar<float>(product_of_momenta(d, iteration));
    else
      return refused(d.class_name, cat("the file has no ", place.slot));
    result.push_back({place_name(place, d.name, stored.trainable), std::move(value)});
  }
  return {std::move(result), ""};
}

}  // namespace

OptimizerState optimizer_state_to_3(const StoredOptimizer& stored, const Json& optimizer, Notes& notes) {
  if (stored.tensors.empty() || optimizer.is_null()) return {};
  if (stored.family == OptimizerFamily::kKeras3)
    return {starts_with(stored.tensors[0].name, "optimizer/") ? with_names(stored, optimizer) : stored.tensors, ""};
  const Described d = described(optimizer);
  if (d.class_name == "LossScaleOptimizer") return wrapped_state(stored, d, notes);
  const std::vector<SlotLayout> layouts = stored_layouts(d.class_name, d.config, stored.family);
  if (layouts.empty()) return refused(d.class_name, "Cornu does not know how this class stored it before Keras 3");

  const bool has_counter = stored.tensors.front().value.rank() == 0;
  const std::size_t first = has_counter ? 1 : 0;
  const SlotLayout* used = nullptr;
  std::optional<Found> found;
  std::string expected;
  for (const SlotLayout& layout : layouts)
    for (const Order& order : possible_orders(stored)) {
      if (found) continue;
      const auto places = places_of(layout, d.class_name, d.config, stored.trainable, order, stored.family);
      found = arrange(stored, first, places);
      used = &layout;
      if (expected.empty()) expected = cat(first + places.size());
    }
  if (!found)
    return refused(d.class_name, cat("expected ", expected,
                                     " tensors with the shapes of the trainable weights, the "
                                     "file has ",
                                     stored.tensors.size()));
  if (!has_counter)
    add_note(notes, cat("This generation's ", d.class_name, " does not store its step counter; it starts at 0."));
  if (d.class_name == "SGD" && !used->groups.empty() && keras3_layout("SGD", d.config)->groups.empty())
    add_note(notes, "The momentum slots of an SGD without momentum were dropped: Keras 3 has none.");
  return in_keras3_order(stored, d, *found,
                         has_counter ? static_cast<std::int64_t>(stored.tensors.front().value.item()) : 0);
}

}  // namespace cornu::saving
