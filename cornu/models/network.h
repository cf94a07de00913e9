// Network: layers wired together; the part of a model that judges. It knows how to emit itself into a graph and
// nothing of losses, optimizers or epochs (trainers/ add those). A network is itself a layer.
#pragma once

#include "cornu/layers/layer.h"

namespace cornu {

// What a network takes or gives: a name, a shape with batch (-1: any), a dtype.
struct TensorSpec {
  std::string name;
  Shape shape;
  DType dtype = float32;
};

class NetworkImpl : public LayerImpl {
 public:
  // Keras's `model.layers`.
  virtual const std::vector<Layer>& layers() const = 0;
  // Throw ValueError while the network is not built.
  virtual std::vector<TensorSpec> inputs() const = 0;
  virtual std::vector<TensorSpec> outputs() const = 0;
  // Emits the whole network: one value for each input, one for each output.
  virtual std::vector<Value> emit(CallContext& context, const std::vector<Value>& inputs) = 0;

  std::vector<Variable> variables() const override;
  std::vector<Variable> weights() const override;
  void set_trainable(bool trainable) override;
  bool trains(const Variable& variable) const override;
  // Variables that are trained now: trainable ones of layers that are not frozen, in Keras's order.
  std::vector<Variable> trainable_variables() const;
  std::vector<Variable> non_trainable_variables() const;
  // Throws ValueError, naming the nearest, when there is no layer of this name.
  Layer get_layer(const std::string& name) const;
};

// The network inside of a layer. Throws ValueError when the layer is none.
NetworkImpl& network_of(const Layer& layer);

}  // namespace cornu
