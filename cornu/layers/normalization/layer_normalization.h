// LayerNormalization: normalizes each sample over the given axes.
#pragma once

#include "cornu/core/fields.h"
#include "cornu/layers/layer.h"

namespace cornu::layers {

struct LayerNormalizationOptions {
  AxisList axis = -1;
  Number epsilon = 0.001;
  bool center = true;
  bool scale = true;
  Initializer beta_initializer = "zeros";
  Initializer gamma_initializer = "ones";
  Regularizer beta_regularizer = {};
  Regularizer gamma_regularizer = {};
  Constraint beta_constraint = {};
  Constraint gamma_constraint = {};
  // Divides by the standard deviation without subtracting the mean, and has no beta. Keras keeps it for old files: the
  // root mean square of the paper is RMSNormalization's.
  bool rms_scaling = false;
  CORNU_COMMON_LAYER_OPTIONS
  template <class F>
  void fields(F& f) {
    f("axis", axis);
    f("epsilon", epsilon);
    f("center", center);
    f("scale", scale);
    f("rms_scaling", rms_scaling);
    f("beta_initializer", beta_initializer);
    f("gamma_initializer", gamma_initializer);
    f("beta_regularizer", beta_regularizer);
    f("gamma_regularizer", gamma_regularizer);
    f("beta_constraint", beta_constraint);
    f("gamma_constraint", gamma_constraint);
  }
};

// Any shape to the same shape. Weights of the dimensions of `axis` (sorted): gamma, beta. Throws ValueError for no
// axis, and, when it is built, for an axis that the input does not have or whose size is not known. Keras:
// layers.LayerNormalization.
class LayerNormalization : public Layer {
 public:
  explicit LayerNormalization(LayerNormalizationOptions options = {});
};

}  // namespace cornu::layers
