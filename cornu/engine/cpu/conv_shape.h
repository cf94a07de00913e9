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
};

ConvShape conv_shape(Lowering& lowering, const ir::Node& node);

// The same in the order that the kernels walk best: image and result (batch, spatial..., features), kernel (spatial...,
// inputs, outputs). Emits steps that bring the operands into it; after the convolution, finish() brings the result into
// the graph's.
struct Arranged {
  ConvShape shape;
  Slot result = -1;  // the graph's own, when the convolution writes to another one
};
Arranged arrange(Lowering& lowering, const ir::Node& node);
void finish(Lowering& lowering, const ir::Node& node, const Arranged& arranged);

}  // namespace cornu::cpu
