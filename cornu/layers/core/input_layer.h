// InputLayer / Input: says what a model takes.
#pragma once

#include "cornu/layers/layer.h"

namespace cornu::layers {

struct InputOptions {
  std::optional<std::int64_t> batch_size = {};
  std::string dtype = {};  // "": float32
  std::string name = {};
};

// `shape` is without the batch. Keras: layers.InputLayer; in a Sequential it stands first.
class InputLayer : public Layer {
 public:
  explicit InputLayer(Shape shape, InputOptions options = {});
};

// The symbolic tensor that a functional model begins with. In a list of layers it stands for its InputLayer.
KerasTensor Input(Shape shape, InputOptions options = {});

// The shape, with batch, that an InputLayer declares; nothing for other layers.
std::optional<Shape> input_layer_shape(const Layer& layer);

}  // namespace cornu::layers
