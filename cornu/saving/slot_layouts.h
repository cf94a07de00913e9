// How optimizers lay out their slots: in Keras 3, and in the files of each family before it.
#pragma once

#include <optional>

#include "cornu/saving/upgrade_steps.h"

namespace cornu::saving {

struct SlotLayout {
  std::vector<std::string> scalars_first = {};  // right behind the step counter
  std::vector<std::vector<std::string>> groups =
      {};  // Keras 3's words; the slots of a group alternate weight by weight
  std::vector<std::string> scalars_last = {};
};

// Nothing for a class that Cornu does not know. `config` in Keras 3's words.
std::optional<SlotLayout> keras3_layout(const std::string& class_name, const Json& config);
// What a file of that family may hold, likeliest first; empty for a class that Cornu does not know there.
std::vector<SlotLayout> stored_layouts(const std::string& class_name, const Json& config, OptimizerFamily family);

// One variable of an optimizer.
struct SlotPlace {
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  std::string slot;
  std::size_t weight = kNone;  // kNone: a scalar of the optimizer
  Shape shape = {};
  bool filler = false;  // an unused integer that Keras 3 stores for an Adafactor's small weights
};
// The variables one after the other. `order` says in which the weights follow each other.
std::vector<SlotPlace> places_of(const SlotLayout& layout, const std::string& class_name, const Json& config,
                                 const std::vector<TrainableWeight>& weights, const std::vector<std::size_t>& order,
                                 OptimizerFamily family);
// "adam/dense_kernel_momentum", as Keras 3 names it.
std::string place_name(const SlotPlace& place, const std::string& optimizer,
                       const std::vector<TrainableWeight>& weights);

}  // namespace cornu::saving
