// Add, Subtract, Multiply, Average, Maximum, Minimum: one tensor out of several, element by element.
#pragma once

#include "cornu/layers/layer.h"

namespace cornu::layers {

// All take a list of inputs: Add()({x, y}). Shapes broadcast; where ranks differ, axes of 1 are put in behind the
// batch: (batch, 4, 3) and (batch, 3) give (batch, 4, 3). Keras: layers.Add and so on.
class Add : public Layer {
 public:
  explicit Add(LayerOptions options = {});
};
// Two inputs: the first minus the second.
class Subtract : public Layer {
 public:
  explicit Subtract(LayerOptions options = {});
};
class Multiply : public Layer {
 public:
  explicit Multiply(LayerOptions options = {});
};
class Average : public Layer {
 public:
  explicit Average(LayerOptions options = {});
};
class Maximum : public Layer {
 public:
  explicit Maximum(LayerOptions options = {});
};
class Minimum : public Layer {
 public:
  explicit Minimum(LayerOptions options = {});
};

}  // namespace cornu::layers
