// ConvShape: a convolution seen as loops over strided memory, whatever the order of its axes.
#pragma once

#include "cornu/engine/cpu/lowering.h"

namespace cornu::cpu {

// Distances in memory, in elements.
struct ImageStrides {
  Slot slot = -1;
  std::int64_t batch = 0, feature = 0;
  ir::Dims spatial;
};
struct KernelStrides {
  Slot slot = -1;
  std::int64_t input = 0, output = 0;
  ir::Dims spatial;
};

struct ConvShape {
  ir::Window window;
  ir::Dims lengths;          // of the image's spatial axes
  std::int64_t places = 1;   // of the window, all axes together
  std::int64_t taps = 1;     // of the window, all axes together
  std::int64_t batch = 1;    // the result's
  std::int64_t inputs = 1;   // features that one element of the result sees
  std::int64_t outputs = 1;  // the result's features
  std::int64_t feature_groups = 1, batch_groups = 1;
  ImageStrides image, result;
  KernelStrides kernel;

  std::int64_t groups() const { return feature_groups * batch_groups; }
  std::int64_t group_outputs() const { return outputs / groups(); }
  // How far the next group's part of the image is.
  std::int64_t image_group_stride() const { return feature_groups > 1 ? inputs * image.feature : batch * image.batch; }
  // Multiply-adds.
  double work() const { return static_cast<double>(batch * places * outputs * taps) * static_cast<double>(inputs); }
};

ConvShape conv_shape(Lowering& lowering, const ir::Node& node);
// "2x49x64 of 3x3x16 in 2 groups": for labels.
std::string label_of(const ConvShape& shape);

// Every dtype, any axes: a step of plain loops.
void emit_convolution_loops(Lowering& lowering, const ConvShape& shape, DType dtype);

// The axes of a value in the order in which kernels walk it: (batch, spatial..., features).
ir::Axes image_order(const ir::ImageAxes& axes);
// Whether memory has this order of axes; those of one element may stand anywhere.
bool is_in_order(const Shape& shape, const ir::Axes& order);
// The slot of the value with its axes in this order: its own, or that of a copy that this emits.
Slot in_order(Lowering& lowering, ir::ValueId value, const ir::Axes& order);
// Copies a slot in this order into the value's own.
void emit_back(Lowering& lowering, ir::ValueId value, const ir::Axes& order, Slot from);

}  // namespace cornu::cpu
