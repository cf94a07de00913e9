// SpectralNormalization: keeps the kernel of the layer that it wraps at spectral norm 1. In training, each call divides
// the kernel, for good, by its largest singular value, which power iteration estimates; otherwise the layer runs with
// the kernel as it is.
#pragma once

#include "cornu/core/fields.h"
#include "cornu/layers/layer.h"

namespace cornu::layers {

struct SpectralNormalizationOptions {
  std::int64_t power_iterations = 1;
  CORNU_COMMON_LAYER_OPTIONS
  template <class F>
  void fields(F& f) {
    f("power_iterations", power_iterations);
  }
};

// Shapes as the wrapped layer. Weights: the layer's, and vector_u* (1, last dimension of the kernel), the estimate that
// goes from step to step (* not trained). Gradients are those at the divided kernel, and the optimizer goes on from it.
// Throws ValueError for power_iterations < 1, and, when it is built, for a layer without "kernel" or "embeddings".
// Keras: layers.SpectralNormalization.
class SpectralNormalization : public Layer {
 public:
  explicit SpectralNormalization(Layer layer, SpectralNormalizationOptions options = {});
};

}  // namespace cornu::layers
