// Flatten: all axes but the batch become one.
#pragma once

#include "cornu/layers/layer.h"

namespace cornu::layers {

struct FlattenOptions {
  std::string data_format = "channels_last";
  CORNU_COMMON_LAYER_OPTIONS
};

// (batch, d1, ..., dn) -> (batch, d1 * ... * dn); "channels_first" moves axis 1 to the end first. Keras:
// layers.Flatten.
class Flatten : public Layer {
 public:
  explicit Flatten(FlattenOptions options = {});
};

}  // namespace cornu::layers
