// Wrapper: the base of layers that hold one layer: its weights, its freezing, its place in the configuration.
#pragma once

#include "cornu/layers/layer.h"

namespace cornu {

// A wrapper emits the layer that it holds by `layer().impl()(context, x)`.
class WrapperImpl : public LayerImpl {
 public:
  // Throws ValueError for an empty layer.
  explicit WrapperImpl(Layer layer);

  const Layer& layer() const { return layer_; }
  // Builds the layer for the same input, under the path "wrapper/layer". A wrapper with weights of its own adds them
  // behind this call.
  void build(const Shape& input_shape) override;
  // The wrapper's own, then the layer's.
  std::vector<Variable> variables() const override;
  std::vector<Variable> weights() const override;
  void set_trainable(bool trainable) override;
  std::vector<Variable> trainable_variables() const override;
  Shape compute_output_shape(const Shape& input_shape) override;

 private:
  Layer layer_;
};

}  // namespace cornu
