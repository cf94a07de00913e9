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

ir::Axes image_order(const ir::ImageAxes& a) {
  ir::Axes out{a.batch};
  out.insert(out.end(), a.spatial.begin(), a.spatial.end());
  out.push_back(a.feature);
  return out;
}

ir::Axes kernel_order(const ir::KernelAxes& a) {
  ir::Axes out = a.spatial;
  out.push_back(a.input);
  out.push_back(a.output);
  return out;
}

Shape permuted(const Shape& shape, const ir::Axes& order) {
  Shape out;
  for (const int axis : order) out.push_back(shape[axis]);
  return out;
}

// Axes of one element may stand anywhere.
bool is_in_order(const Shape& shape, const ir::Axes& order) {
  int last = -1;
  for (const int axis : order) {
    if (shape[axis] == 1) continue;
    if (axis < last) return false;
    last = axis;
  }
  return true;
}

// A copy between a value in its own order and the same value with its axes in `order`.
void emit_copy(Lowering& lowering, const ir::Type& type, const ir::Axes& order, Slot own, Slot ordered, bool back) {
  const Shape shape = permuted(type.shape, order);
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

Slot ordered(Lowering& lowering, ir::ValueId value, const ir::Axes& order) {
  const ir::Type& type = lowering.graph().type(value);
  if (is_in_order(type.shape, order)) return lowering.slot(value);
  const Slot out = lowering.add_scratch_slot(type.bytes());
  if (type.bytes() > 0) emit_copy(lowering, type, order, lowering.slot(value), out, false);
  return out;
}

ImageStrides image_strides(const Shape& ordered_shape, Slot slot) {
  const ir::Dims all = row_major_strides(ordered_shape);
  return {slot, all.front(), all.back(), ir::Dims(all.begin() + 1, all.end() - 1)};
}

}  // namespace

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

Arranged arrange(Lowering& lowering, const ir::Node& node) {
  const auto& a = node.as<ir::ConvolutionAttributes>();
  const ir::Graph& graph = lowering.graph();
  const ir::Type& result = graph.type(node.result());
  Arranged out{conv_shape(lowering, node)};
  const ir::Axes image = image_order(a.image), kernel = kernel_order(a.kernel), to = image_order(a.result);
  out.shape.image =
      image_strides(permuted(graph.shape(node.operands[0]), image), ordered(lowering, node.operands[0], image));
  const ir::Dims k = row_major_strides(permuted(graph.shape(node.operands[1]), kernel));
  out.shape.kernel = {ordered(lowering, node.operands[1], kernel), k[k.size() - 2], k.back(),
                      ir::Dims(k.begin(), k.end() - 2)};
  const bool in_place = is_in_order(result.shape, to);
  const Slot slot = in_place ? lowering.slot(node.result()) : lowering.add_scratch_slot(result.bytes());
  if (!in_place) out.result = lowering.slot(node.result());
  out.shape.result = image_strides(permuted(result.shape, to), slot);
  return out;
}

void finish(Lowering& lowering, const ir::Node& node, const Arranged& arranged) {
  if (arranged.result < 0) return;
  emit_copy(lowering, lowering.graph().type(node.result()), image_order(node.as<ir::ConvolutionAttributes>().result),
            arranged.result, arranged.shape.result.slot, true);
}

}  // namespace cornu::cpu
