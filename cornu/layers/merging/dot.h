// Dot: products of two inputs along an axis of each.
#pragma once

#include "cornu/core/axis_list.h"
#include "cornu/layers/layer.h"

namespace cornu::layers {

struct DotOptions {
  bool normalize = false;  // to length 1 along the axes first: cosine proximity
  CORNU_COMMON_LAYER_OPTIONS
};

// Two inputs: Dot(1)({x, y}), Dot({2, 1})({x, y}). `axes` is one axis for both, or one for each; never the batch. The
// result has the other axes of the first input, then the other axes of the second; with none left, (batch, 1).
// Keras: layers.Dot.
class Dot : public Layer {
 public:
  explicit Dot(AxisList axes, DotOptions options = {});
};

}  // namespace cornu::layers
