// SequentialNetwork: layers one after the other, as Keras's Sequential.
#pragma once

#include "cornu/models/network.h"

namespace cornu {

class SequentialNetwork final : public NetworkImpl {
 public:
  // `dtype`: the policy, "" for the global one. It is the model's own: its layers have theirs.
  explicit SequentialNetwork(const std::string& name = "", const std::string& dtype = "");

  // Appends a layer; an InputLayer, or a first layer with an input shape (a built model has one), builds the network at
  // once.
  void add(const Layer& layer);
  void add_all(const std::vector<Layer>& layers);
  void pop();

  std::string class_name() const override { return "Sequential"; }
  const std::vector<Layer>& layers() const override { return layers_; }
  std::vector<TensorSpec> inputs() const override;
  std::vector<TensorSpec> outputs() const override;
  std::vector<Value> emit(CallContext& context, const std::vector<Value>& inputs) override;
  DType input_dtype() const override;
  void build_all(const std::vector<Shape>& input_shapes) override;
  std::vector<Shape> compute_output_shapes(const std::vector<Shape>& input_shapes) override;
  std::vector<KerasTensor> symbolic_inputs() const override;
  std::vector<KerasTensor> symbolic_outputs() const override;
  Json config() const override;
  Json serialize() const override;

 private:
  void check_built() const;
  void append(const Layer& layer);
  // Calls the layer on what is there so far.
  void extend(const Layer& layer);

  std::vector<Layer> layers_;
  Layer input_;                     // the InputLayer, when there is one; made at build otherwise
  std::vector<KerasTensor> chain_;  // the input, then what each layer gives; empty while not built
};

namespace models {
// A Sequential from its configuration ({"name", "layers": [...], ...}).
Layer sequential_from_config(const Json& config);
}  // namespace models

}  // namespace cornu
