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

class NetworkImpl : public ManyLayerImpl {
 public:
  // Keras's `model.layers`.
  virtual const std::vector<Layer>& layers() const = 0;
  // Keras's `model.operations`: with what operators on symbolic tensors made.
  virtual const std::vector<Layer>& operations() const { return layers(); }
  // In Keras's flat order: dicts by sorted names. Throw ValueError while the network is not built.
  virtual std::vector<TensorSpec> inputs() const = 0;
  virtual std::vector<TensorSpec> outputs() const = 0;
  // Whether the user gave the outputs as a dict, so that losses may leave some out.
  virtual bool outputs_are_dict() const { return false; }
  // Emits the whole network: one value for each input, one for each output.
  virtual std::vector<Value> emit(CallContext& context, const std::vector<Value>& inputs) = 0;

  // Inside of another network: what comes is brought to the dtypes of inputs(), as what users hand in is; each layer
  // casts for itself.
  std::vector<Value> call_all(CallContext& context, const std::vector<Value>& inputs) final;
  bool autocast() const override { return false; }
  Json default_call_arguments() const override { return Json{{"mask", nullptr}}; }
  DType output_dtype(const std::vector<DType>&, std::size_t output) const override {
    return outputs().at(output).dtype;
  }
  // Each once, also where layers are shared.
  std::vector<Variable> variables() const override;
  std::vector<Variable> weights() const override;
  void set_trainable(bool trainable) override;
  // Variables that are trained now: trainable ones of layers that are not frozen, in Keras's order.
  std::vector<Variable> trainable_variables() const override;
  // Throws ValueError, naming the layers that there are, when there is none of this name.
  Layer get_layer(const std::string& name) const;
};

// The network inside of a layer. Throws ValueError when the layer is none.
NetworkImpl& network_of(const Layer& layer);

}  // namespace cornu
