// Node: one call of a layer on symbolic tensors. Nodes hold what they were made from, so that a tensor keeps all that
// it depends on alive.
#pragma once

#include "cornu/layers/layer.h"

namespace cornu {

struct Node {
  Layer layer;
  // Every tensor among the arguments, in Keras's order.
  std::vector<KerasTensor> inputs;
  // The call's arguments as Keras keeps them, with a number of `inputs` (tensor_argument) in each tensor's place:
  // [[x, y]] for Add()([x, y]).
  Json args = Json::array();
  Json kwargs = Json::object();

  struct Output {
    Shape shape;
    DType dtype = float32;
    std::string name;
  };
  std::vector<Output> outputs;
  // Counts the calls of the layer.
  std::int64_t number = 0;

  bool is_input() const { return inputs.empty(); }
};

// The place of inputs[i] in Node::args and kwargs, and back: the number, or nothing when it is no such place.
Json tensor_argument(std::size_t i);
std::optional<std::size_t> tensor_argument_index(const Json& argument);

// Makes a call: builds the layer, finds out shapes. `node` comes with layer, inputs and arguments. Throws ValueError.
std::vector<KerasTensor> make_call(Node node);

// The tensor of an InputLayer; the same one as long as something holds it.
KerasTensor input_tensor(const Layer& input_layer);

}  // namespace cornu
