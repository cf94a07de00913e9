// Dense: activation(x . kernel + bias) over the last axis.
#pragma once

#include "cornu/layers/layer.h"

namespace cornu::layers {

struct DenseOptions {
  cornu::Activation activation = {};  // layers::Activation is the layer
  bool use_bias = true;
  Initializer kernel_initializer = "glorot_uniform";
  Initializer bias_initializer = "zeros";
  Regularizer kernel_regularizer = {};
  Regularizer bias_regularizer = {};
  Regularizer activity_regularizer = {};
  Constraint kernel_constraint = {};
  Constraint bias_constraint = {};
  CORNU_COMMON_LAYER_OPTIONS
};

// (batch, ..., n) -> (batch, ..., units). Weights: kernel (n, units), bias (units,). Keras: layers.Dense.
class Dense : public Layer {
 public:
  explicit Dense(std::int64_t units, DenseOptions options = {});
};

}  // namespace cornu::layers
