// Operations: what Python's operators (and functions of keras.ops) on symbolic tensors become: x + y, 2.0 * x. They
// stand in a functional model beside its layers, have no weights, and Keras does not count them among model.layers.
#pragma once

#include "cornu/layers/layer.h"

namespace cornu::layers {

bool is_operation(const Layer& layer);
// Whether an object of a configuration is one: {"module": "keras.src.ops.numpy", "class_name": "Add", ...}.
bool is_operation(const Json& object);
// Throws NotSupportedError naming the ones that there are.
Layer operation_from_object(const Json& object);

}  // namespace cornu::layers
