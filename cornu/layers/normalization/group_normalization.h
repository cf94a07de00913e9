// GroupNormalization: the channels of each sample in groups, each group normalized over its channels and all positions.
#pragma once

#include "cornu/core/fields.h"
#include "cornu/layers/layer.h"

namespace cornu::layers {

struct GroupNormalizationOptions {
  std::int64_t groups = 32;  // -1: each channel is a group (instance normalization)
  int axis = -1;
  Number epsilon = 0.001;
  bool center = true;
  bool scale = true;
  Initializer beta_initializer = "zeros";
  Initializer gamma_initializer = "ones";
  Regularizer beta_regularizer = {};
  Regularizer gamma_regularizer = {};
  Constraint beta_constraint = {};
  Constraint gamma_constraint = {};
  CORNU_COMMON_LAYER_OPTIONS
  template <class F>
  void fields(F& f) {
    f("groups", groups);
    f("axis", axis);
    f("epsilon", epsilon);
    f("center", center);
    f("scale", scale);
    f("beta_initializer", beta_initializer);
    f("gamma_initializer", gamma_initializer);
    f("beta_regularizer", beta_regularizer);
    f("gamma_regularizer", gamma_regularizer);
    f("beta_constraint", beta_constraint);
    f("gamma_constraint", gamma_constraint);
  }
};

// (batch, ...) to the same shape. Weights, each (channels,): gamma, beta. Throws ValueError for groups that are neither
// positive nor -1, and, when it is built, for channels that are no multiple of the groups. Keras:
// layers.GroupNormalization.
class GroupNormalization : public Layer {
 public:
  explicit GroupNormalization(GroupNormalizationOptions options = {});
};

}  // namespace cornu::layers
