// Keras's model.summary() table.
#pragma once

#include <optional>
#include <string>

#include "cornu/models/network.h"

namespace cornu {

struct SummaryOptions {
  int line_length = 76;  // what Keras uses on a terminal of 80 columns
  bool expand_nested = false;
  bool show_trainable = false;
};

// What the optimizer holds, for the last line; nothing when the model is not compiled.
struct OptimizerSize {
  std::int64_t count = 0;
  std::int64_t bytes = 0;
};

// The text, with a final newline. A network that is more than one layer after the other gets a column that says what
// each layer is connected to.
std::string summary(const NetworkImpl& network, const SummaryOptions& options = {},
                    std::optional<OptimizerSize> optimizer = {});

}  // namespace cornu
