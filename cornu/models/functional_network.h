// FunctionalNetwork: layers wired by calls on symbolic tensors, as Keras's Functional.
#pragma once

#include "cornu/core/one_or_many.h"
#include "cornu/models/graph_map.h"
#include "cornu/models/network.h"

namespace cornu {

class FunctionalNetwork final : public NetworkImpl {
 public:
  using Tensors = OneOrMany<KerasTensor>;
  // Throws ValueError: outputs that need more than the inputs, two layers of one name. Inputs may be any symbolic
  // tensors: where a layer made one, the network begins behind that layer.
  FunctionalNetwork(const Tensors& inputs, const Tensors& outputs, const std::string& name = "");

  std::string class_name() const override { return "Functional"; }
  const std::vector<Layer>& layers() const override { return layers_; }
  const std::vector<Layer>& operations() const override { return map_.operations; }
  const GraphMap& map() const { return map_; }
  std::vector<TensorSpec> inputs() const override;
  std::vector<TensorSpec> outputs() const override;
  bool outputs_are_dict() const override { return outputs_.is_dict(); }
  std::vector<Value> emit(CallContext& context, const std::vector<Value>& inputs) override;
  void build_all(const std::vector<Shape>&) override {}
  std::vector<Shape> compute_output_shapes(const std::vector<Shape>& input_shapes) override;
  bool keeps_structure() const override { return true; }
  Json call_structure(const std::vector<Json>& inputs, bool list) const override;
  std::vector<KerasTensor> symbolic_inputs() const override { return flat_inputs_; }
  std::vector<KerasTensor> symbolic_outputs() const override { return flat_outputs_; }
  Json config() const override;
  Json serialize() const override;

 private:
  Tensors inputs_, outputs_;
  std::vector<KerasTensor> flat_inputs_, flat_outputs_;
  GraphMap map_;
  std::vector<Layer> layers_;
};

namespace models {
// A functional model from its configuration ({"name", "layers": [...], "input_layers": ..., "output_layers": ...}).
// Throws ValueError / NotSupportedError naming the layer.
Layer functional_from_config(const Json& config);
}  // namespace models

}  // namespace cornu
