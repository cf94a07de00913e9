// What gradients.cpp asks of the rules: one function, a switch over all ops.
#pragma once

#include <vector>

#include "cornu/ir/value.h"

namespace cornu::grad {

// One node on the way back: what it took, what it gave, and the gradient of the loss with respect to what it gave.
struct Step {
  ir::Node node;  // a copy: rules append to the graph that holds the original
  std::vector<Value> in;
  Value out;
  Value dy;
  std::vector<bool> wanted;  // which operands some x depends on; rules make nothing for the others

  bool wants(std::size_t i) const { return wanted[i]; }
};

// The gradient with respect to each operand; an undefined Value where none flows or none is wanted.
// Throws NotSupportedError for an op without a gradient.
std::vector<Value> operand_gradients(const Step& step);

// The families, each in a file of its own.
std::vector<Value> elementwise_gradients(const Step& step);
std::vector<Value> shape_gradients(const Step& step);
std::vector<Value> reduce_gradients(const Step& step);
std::vector<Value> dot_gradients(const Step& step);
std::vector<Value> window_gradients(const Step& step);
std::vector<Value> index_gradients(const Step& step);

// Puts a tensor that lost `axes` back beside the full shape: each of its elements repeated along them.
Value spread(Value reduced, const Shape& full, const ir::Axes& axes);

}  // namespace cornu::grad
