// Dense: activation(x . kernel + bias) over the last axis.
#pragma once

#include "cornu/core/fields.h"
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
  // {"rounded_inputs": 127}: each row of inputs is rounded to so many steps on either side of 0 first, as in layers
  // that Keras quantized to int8 (core/beside.h). {"float8_scales": [s, t]}: inputs, divided by s, and the kernel, by
  // t, go through 8 bits with a point.
  Json cornu = nullptr;
  CORNU_COMMON_LAYER_OPTIONS
  template <class F>
  void fields(F& f) {
    f("activation", activation);
    f("use_bias", use_bias);
    f("kernel_initializer", kernel_initializer);
    f("bias_initializer", bias_initializer);
    f("kernel_regularizer", kernel_regularizer);
    f("bias_regularizer", bias_regularizer);
    f("kernel_constraint", kernel_constraint);
    f("bias_constraint", bias_constraint);
    f.forgotten("cornu", cornu, nullptr);
  }
};

// (batch, ..., n) -> (batch, ..., units). Weights: kernel (n, units), bias (units,). Keras: layers.Dense.
class Dense : public Layer {
 public:
  explicit Dense(std::int64_t units, DenseOptions options = {});
};

}  // namespace cornu::layers
