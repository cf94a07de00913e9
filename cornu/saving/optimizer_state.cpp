// Optimizer state of Keras 1, 2 and tf.keras in Keras 3's order: iteration, learning_rate, slots.
#include <algorithm>
#include <array>
#include <numeric>

#include "cornu/core/error.h"
#include "cornu/saving/config_words.h"
#include "cornu/saving/upgrade_steps.h"

namespace cornu::saving {
namespace {

// How the slots of one optimizer lie in a file, and how Keras 3 wants them.
struct SlotLayout {
  std::vector<std::string_view> blocks;  // slot names in Keras 3's words, in the file's order
  std::size_t paired = 0;                // Keras 3 interleaves this many first blocks per variable
  bool file_is_paired = false;           // the file (tf.keras 2.11 and later) does so too
};

bool flag(const Json& config, std::string_view key) { return get(config, key) == true; }
bool positive(const Json& config, std::string_view key) {
  return get(config, key).is_number() && get(config, key).get<double>() > 0;
}

std::optional<SlotLayout> layout_of(const std::string& class_name, const Json& config, OptimizerFamily family) {
  const bool is_new = family == OptimizerFamily::kTfNew;
  if (class_name == "SGD") {
    // Legacy tf.keras alone leaves the slots of a plain SGD away.
    if (family == OptimizerFamily::kTfLegacy && !positive(config, "momentum")) return SlotLayout{};
    return SlotLayout{{"momentum"}};
  }
  if (class_name == "RMSprop") {
    SlotLayout layout{{"velocity"}};
    if (positive(config, "momentum")) layout.blocks.push_back("momentum");
    if (flag(config, "centered")) layout.blocks.push_back("average_gradient");
    return layout;
  }
  if (class_name == "Adam" || class_name == "AdamW") {
    SlotLayout layout{{"momentum", "velocity"}, 2, is_new};
    if (flag(config, "amsgrad")) layout.blocks.push_back("velocity_hat");
    return layout;
  }
  if (class_name == "Adamax") return SlotLayout{{"momentum", "norm"}, 2, is_new};
  if (class_name == "Adagrad") return SlotLayout{{"accumulator"}};
  if (class_name == "Adadelta") return SlotLayout{{"accumulated_grad", "accumulated_delta_var"}, 2, is_new};
  return std::nullopt;
}

// Positions of the trainable weights in the order in which the file's slots follow them.
using Order = std::vector<std::size_t>;

std::vector<Order> possible_orders(const StoredOptimizer& stored) {
  Order model(stored.trainable.size());
  std::iota(model.begin(), model.end(), 0);
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

// slots[block][weight] in model order; nothing when the shapes do not fit that order.
using Slots = std::vector<std::vector<const Tensor*>>;

std::optional<Slots> arrange(const StoredOptimizer& stored, std::size_t first, const SlotLayout& layout,
                             const Order& order) {
  const std::size_t count = order.size();
  const std::size_t pair = layout.file_is_paired ? layout.paired : 0;
  Slots slots(layout.blocks.size(), std::vector<const Tensor*>(count));
  for (std::size_t block = 0; block < layout.blocks.size(); ++block)
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t at = block < pair ? i * pair + block : block * count + i;
      const Tensor& tensor = stored.tensors[first + at].value;
      if (tensor.shape() != stored.trainable[order[i]].shape) return std::nullopt;
      slots[block][order[i]] = &tensor;
    }
  return slots;
}

// Keras 2.1 and 2.2 keep a (1,) placeholder per weight where amsgrad would have its slot.
std::size_t placeholders(const StoredOptimizer& stored, std::size_t expected) {
  const std::size_t extra = stored.tensors.size() - expected;
  if (extra != stored.trainable.size() || extra == 0) return 0;
  const bool all = std::all_of(stored.tensors.begin() + static_cast<std::ptrdiff_t>(expected), stored.tensors.end(),
                               [](const NamedTensor& t) { return t.value.shape() == Shape{1}; });
  return all ? extra : 0;
}

std::string slot_path(const std::string& optimizer, const TrainableWeight& weight, std::string_view slot) {
  std::string path = weight.path;
  std::replace(path.begin(), path.end(), '/', '_');
  return cat(optimizer, "/", path, "_", slot);
}

std::vector<NamedTensor> in_keras3_order(const StoredOptimizer& stored, const std::string& name, const Slots& slots,
                                         const SlotLayout& layout) {
  std::vector<NamedTensor> result;
  const auto add = [&](std::size_t block, std::size_t i) {
    result.push_back({slot_path(name, stored.trainable[i], layout.blocks[block]), *slots[block][i]});
  };
  for (std::size_t i = 0; i < stored.trainable.size(); ++i)
    for (std::size_t block = 0; block < layout.paired; ++block) add(block, i);
  for (std::size_t block = layout.paired; block < layout.blocks.size(); ++block)
    for (std::size_t i = 0; i < stored.trainable.size(); ++i) add(block, i);
  return result;
}

// A .keras numbers the variables; these are the names that Keras 3 itself has for them ("variable_5" where the table
// does not know the class, or where averages and accumulators of gradients come first).
std::vector<NamedTensor> with_names(const StoredOptimizer& stored, const Json& optimizer) {
  const std::string name = get_text(config_of(optimizer), "name", to_snake_case(class_of(optimizer)));
  std::vector<std::string> names{name + "/iteration"};
  if (get(config_of(optimizer), "learning_rate").is_number()) names.push_back(name + "/learning_rate");
  const std::size_t first = names.size();
  std::optional<SlotLayout> layout = layout_of(class_of(optimizer), config_of(optimizer), OptimizerFamily::kKeras3);
  if (class_of(optimizer) == "SGD" && !positive(config_of(optimizer), "momentum")) layout = SlotLayout{};
  if (layout && stored.tensors.size() == first + layout->blocks.size() * stored.trainable.size()) {
    const Slots slots(layout->blocks.size(),
                      std::vector<const Tensor*>(stored.trainable.size(), &stored.tensors[0].value));
    for (const NamedTensor& slot : in_keras3_order(stored, name, slots, *layout)) names.push_back(slot.name);
  }
  std::vector<NamedTensor> result = stored.tensors;
  for (std::size_t i = 0; i < result.size(); ++i)
    result[i].name = i < names.size() ? names[i] : cat(name, "/variable_", i);
  return result;
}

std::vector<NamedTensor> refuse(Notes& notes, const std::string& class_name, const std::string& why) {
  add_note(notes, cat("The state of optimizer ", class_name, " cannot be restored: ", why,
                      "; training goes on with fresh state."));
  return {};
}

}  // namespace

std::vector<NamedTensor> optimizer_state_to_3(const StoredOptimizer& stored, const Json& optimizer, Notes& notes) {
  if (stored.tensors.empty() || optimizer.is_null()) return {};
  if (stored.family == OptimizerFamily::kKeras3)
    return starts_with(stored.tensors[0].name, "optimizer/") ? with_names(stored, optimizer) : stored.tensors;
  const std::string class_name = class_of(optimizer);
  const Json& config = config_of(optimizer);
  const std::optional<SlotLayout> layout = layout_of(class_name, config, stored.family);
  if (!layout) return refuse(notes, class_name, "Cornu does not know how this class stored it before Keras 3");

  const bool has_counter = stored.tensors.front().value.rank() == 0;
  const std::size_t first = has_counter ? 1 : 0;
  const std::size_t expected = first + layout->blocks.size() * stored.trainable.size();
  if (stored.tensors.size() != expected && (stored.tensors.size() < expected || placeholders(stored, expected) == 0))
    return refuse(notes, class_name, cat("expected ", expected, " tensors, the file has ", stored.tensors.size()));
  std::optional<Slots> slots;
  for (const Order& order : possible_orders(stored))
    if (!slots) slots = arrange(stored, first, *layout, order);
  if (!slots) return refuse(notes, class_name, "the shapes of its slots are not those of the trainable weights");

  const std::string name = get_text(config, "name", to_snake_case(class_name));
  const std::int64_t iteration = has_counter ? static_cast<std::int64_t>(stored.tensors.front().value.item()) : 0;
  if (!has_counter)
    add_note(notes, cat("This generation's ", class_name, " does not store its step counter; it starts at 0."));
  std::vector<NamedTensor> result;
  result.push_back({name + "/iteration", Tensor::scalar<std::int64_t>(iteration)});
  if (get(config, "learning_rate").is_number())  // a schedule needs no variable
    result.push_back({name + "/learning_rate", Tensor::scalar<float>(get(config, "learning_rate").get<float>())});
  if (class_name == "SGD" && !positive(config, "momentum")) {
    if (!layout->blocks.empty())
      add_note(notes, "The momentum slots of an SGD without momentum were dropped: Keras 3 has none.");
    return result;
  }
  for (NamedTensor& slot : in_keras3_order(stored, name, *slots, *layout)) result.push_back(std::move(slot));
  return result;
}

}  // namespace cornu::saving
