// Flatten: all axes but the batch become one.
#pragma once

#include "cornu/core/fields.h"
#include "cornu/layers/layer.h"

namespace cornu::layers {

struct FlattenOptions {
  std::string data_format = "channels_last";
  CORNU_COMMON_LAYER_OPTIONS
  template <class F>
  void fields(F& f) {
    f("data_format", data_format);
  }
};

// (batch, d1, ..., dn) -> (batch, d1 * ... * dn); "channels_first" moves axis 1 to the end first. Keras:
// layers.Flatten.
class Flatten : public Layer {
 public:
  explicit Flatten(FlattenOptions options = {});
};

}  // namespace cornu::layers
