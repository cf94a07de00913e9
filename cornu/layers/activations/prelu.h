// PReLU: x where x > 0, alpha * x elsewhere, with a learned alpha for each element of a sample.
#pragma once

#include "cornu/core/fields.h"
#include "cornu/layers/layer.h"

namespace cornu::layers {

struct PReLUOptions {
  Initializer alpha_initializer = "zeros";
  Regularizer alpha_regularizer = {};
  Constraint alpha_constraint = {};
  AxisList shared_axes = {};  // axes (1 is the first after the batch) along which one alpha is shared
  CORNU_COMMON_LAYER_OPTIONS
  template <class F>
  void fields(F& f) {
    f("alpha_initializer", alpha_initializer);
    f("alpha_regularizer", alpha_regularizer);
    f("alpha_constraint", alpha_constraint);
    f("shared_axes", shared_axes);
  }
};

// Any shape to the same shape. Weight: alpha (input_shape[1:], 1 on shared axes). Throws ValueError, when it is built,
// for a shared axis that the input does not have, and for an axis that is not shared and whose size is not known.
// Keras: layers.PReLU.
class PReLU : public Layer {
 public:
  explicit PReLU(PReLUOptions options = {});
};

}  // namespace cornu::layers
