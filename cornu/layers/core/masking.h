// Masking: timesteps whose features all equal mask_value are set to zero.
//
// Keras also hands a mask on from here, so that recurrent layers skip these timesteps and losses leave them out. Cornu
// has no masks yet: they come with the layers for sequences. Until then the layer only zeroes.
#pragma once

#include "cornu/core/fields.h"
#include "cornu/layers/layer.h"

namespace cornu::layers {

struct MaskingOptions {
  Number mask_value = 0.0;
  CORNU_COMMON_LAYER_OPTIONS
  template <class F>
  void fields(F& f) {
    f("mask_value", mask_value);
  }
};

// (batch, ..., features) to the same shape. Keras: layers.Masking.
class Masking : public Layer {
 public:
  explicit Masking(MaskingOptions options = {});
};

}  // namespace cornu::layers
