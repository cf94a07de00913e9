// SequentialNetwork: layers one after the other, as Keras's Sequential.
#pragma once

#include "cornu/models/network.h"

namespace cornu {

class SequentialNetwork final : public NetworkImpl {
 public:
  explicit SequentialNetwork(const std::string& name = "");

  // Appends a layer; an InputLayer, or a first layer with an input shape, builds the network at once.
  void add(const Layer& layer);
  void pop();

  std::string class_name() const override { return "Sequential"; }
  const std::vector<Layer>& layers() const override { return layers_; }
  std::vector<TensorSpec> inputs() const override;
  std::vector<TensorSpec> outputs() const override;
  std::vector<Value> emit(CallContext& context, const std::vector<Value>& inputs) override;
  void build(const Shape& input_shape) override;
  Value call(CallContext& context, Value x) override;
  Shape compute_output_shape(const Shape& input_shape) override;
  Json config() const override;

 private:
  std::vector<Layer> layers_;
  Layer input_;  // the InputLayer, when there is one; made at build() otherwise
  Shape output_shape_;
};

namespace models {
// A Sequential from its configuration ({"name", "layers": [...], ...}).
Layer sequential_from_config(const Json& config);
}  // namespace models

}  // namespace cornu
