// Normalization: (x - mean) / sqrt(variance), with numbers that are given or that adapt() takes from data.
#pragma once

#include "cornu/core/fields.h"
#include "cornu/layers/layer.h"

namespace cornu::layers {

struct NormalizationOptions {
  AxisList axis = -1;        // each position along these axes has numbers of its own; AxisList(): one for all
  NumberList mean = {};      // one number, or one for each position of the last of the axes
  NumberList variance = {};  // as mean; both are given or neither
  bool invert = false;       // x * sqrt(variance) + mean instead
  CORNU_COMMON_LAYER_OPTIONS
  template <class F>
  void fields(F& f) {
    f("axis", axis);
    f("invert", invert);
    f("mean", mean);
    f("variance", variance);
  }
};

// Any shape to the same shape; integers become floats. Weights, when no mean is given, of the dimensions of `axis`
// (sorted): mean*, variance*, and count*, which is unused (* not trained). Throws ValueError for a mean without a
// variance or of another length, and, when it is built, for an axis that the input does not have or whose size is not
// known. Keras: layers.Normalization.
class Normalization : public Layer {
 public:
  explicit Normalization(NormalizationOptions options = {});
  // Takes mean and variance (biased) over all other axes of the data, the batch among them. Builds the layer if need
  // be. Throws ValueError when they were given, for no data, and for data that do not fit the shape that it was built
  // for.
  void adapt(const Tensor& data) const;
};

}  // namespace cornu::layers
