#include "cornu/engine/cpu/conv_shape.h"

#include "cornu/core/text.h"
#include "cornu/engine/cpu/strided_copy.h"

namespace cornu::cpu {
namespace {

std::int64_t stride(const Shape& shape, int axis) { return row_major_strides(shape)[static_cast<std::size_t>(axis)]; }

ir::Dims strides(const Shape& shape, const ir::Axes& axes) {
  ir::Dims out;
  for (const int axis : axes) out.push_back(stride(shape, axis));
  return out;
}

// A copy between a value in its own order and the same value with its axes in `order`.
void emit_copy(Lowering& lowering, const ir::Type& type, const ir::Axes& order, Slot own, Slot ordered, bool back) {
  if (type.bytes() == 0) return;
  Shape shape;
  for (const int axis : order) shape.push_back(type.shape[axis]);
  StridedCopy copy;
  copy.from = back ? ordered : own;
  copy.to = back ? own : ordered;
  copy.element_bytes = size_of(type.dtype);
  copy.lengths = shape.dims();
  copy.from_strides = back ? row_major_strides(shape) : strides(type.shape, order);
  copy.to_strides = back ? strides(type.shape, order) : row_major_strides(shape);
  lowering.emit(
      strided_copy_step(std::move(copy), lowering.threads(), cat("arrange ", type.shape, " for a convolution")));
}

}  // namespace

ir::Axes image_order(const ir::ImageAxes& a) {
  ir::Axes out{a.batch};
  out.insert(out.end(), a.spatial.begin(), a.spatial.end());
  out.push_back(a.feature);
  return out;
}

bool is_in_order(const Shape& shape, const ir::Axes& order) {
  int last = -1;
  for (const int axis : order) {
    if (shape[axis] == 1) continue;
    if (axis < last) return false;
    last = axis;
  }
  return true;
}

Slot in_order(Lowering& lowering, ir::ValueId value, const ir::Axes& order) {
  const ir::Type& type = lowering.graph().type(value);
  if (is_in_order(type.shape, order)) return lowering.slot(value);
  const Slot out = lowering.add_scratch_slot(type.bytes());
  emit_copy(lowering, type, order, lowering.slot(value), out, false);
  return out;
}

void emit_back(Lowering& lowering, ir::ValueId value, const ir::Axes& order, Slot from) {
  emit_copy(lowering, lowering.graph().type(value), order, lowering.slot(value), from, true);
}

ConvShape conv_shape(Lowering& lowering, const ir::Node& node) {
  const auto& a = node.as<ir::ConvolutionAttributes>();
  const ir::Graph& graph = lowering.graph();
  const Shape &image = graph.shape(node.operands[0]), &kernel = graph.shape(node.operands[1]),
              &result = graph.shape(node.result());
  ConvShape out;
  out.window = a.window;
  for (std::size_t i = 0; i < a.window.size(); ++i) {
    out.lengths.push_back(image[a.image.spatial[i]]);
    out.places *= result[a.result.spatial[i]];
    out.taps *= a.window[i].size;
  }
  out.batch = result[a.result.batch];
  out.inputs = kernel[a.kernel.input];
  out.outputs = kernel[a.kernel.output];
  out.feature_groups = a.feature_groups;
  out.batch_groups = a.batch_groups;
  out.image = {lowering.slot(node.operands[0]), stride(image, a.image.batch), stride(image, a.image.feature),
               strides(image, a.image.spatial)};
  out.kernel = {lowering.slot(node.operands[1]), stride(kernel, a.kernel.input), stride(kernel, a.kernel.output),
                strides(kernel, a.kernel.spatial)};
  out.result = {lowering.slot(node.result()), stride(result, a.result.batch), stride(result, a.result.feature),
                strides(result, a.result.spatial)};
  return out;
}

std::string label_of(const ConvShape& s) {
  std::string out = cat(s.batch, 'x', s.places, 'x', s.outputs, " of ");
  for (const ir::WindowAxis& w : s.window) out += cat(w.size, 'x');
  out += cat(s.inputs);
  if (s.groups() != 1) out += cat(" in ", s.groups(), " groups");
  return out;
}

}  // namespace cornu::cpu
