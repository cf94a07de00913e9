// Gradients of convolutions and windows. Both gradients of a convolution are convolutions: with respect to the image,
// of the gradient with the kernel turned round; with respect to the kernel, of the image with the gradient.
#include <algorithm>

#include "cornu/grad/rules.h"
#include "cornu/ir/ops.h"

namespace cornu::grad {
namespace {

using ir::Op;

// Axis `from` is (groups, rest): the groups go to axis `into`, which becomes (groups, what it was).
Value move_groups(Value x, int from, int into, std::int64_t groups) {
  if (groups == 1) return x;
  const Shape& shape = x.shape();
  Shape split, merged = shape;
  std::vector<int> order;
  for (int i = 0; i < shape.rank(); ++i) {
    if (i == from) split.push_back(groups);
    split.push_back(i == from ? shape[i] / groups : shape[i]);
  }
  const auto place = [from](int axis) { return axis >= from ? axis + 1 : axis; };
  bool moves = false;  // past an axis of more than one element: else a reshape does it
  for (int i = 0; i < shape.rank(); ++i) {
    if (i == into) order.push_back(from);
    order.push_back(place(i));
  }
  for (int i = std::min(from, place(into)); i < std::max(from, place(into)); ++i)
    moves = moves || (i != from && split[i] != 1);
  merged[from] /= groups;
  merged[into] *= groups;
  const Value apart = ops::reshape(x, split);
  return ops::reshape(moves ? ops::transpose(apart, order) : apart, merged);
}

Value image_gradient(const Step& s, const ir::ConvolutionAttributes& a) {
  const std::int64_t groups = a.feature_groups * a.batch_groups;
  ir::ConvolutionAttributes back{{}, a.result, {a.kernel.output, a.kernel.input, a.kernel.spatial}, a.image, groups, 1};
  for (std::size_t i = 0; i < a.window.size(); ++i)
    back.window.push_back(ir::transposed(a.window[i], s.in[0].dim(a.image.spatial[i])));
  const Value kernel = move_groups(s.in[1], a.kernel.output, a.kernel.input, groups);
  const Value out = ops::convolution(s.dy, kernel, back);
  return move_groups(out, a.image.feature, a.image.batch, a.batch_groups);
}

Value kernel_gradient(const Step& s, const ir::ConvolutionAttributes& a) {
  if (s.dy.shape().size() == 0) return ops::zeros_like(s.in[1]);
  ir::ConvolutionAttributes back;
  back.image = {a.image.feature, a.image.batch, a.image.spatial};
  back.kernel = {a.result.batch, a.result.feature, a.result.spatial};
  back.result = {a.kernel.input, a.kernel.output, a.kernel.spatial};
  back.feature_groups = a.batch_groups;
  back.batch_groups = a.feature_groups;
  std::vector<int> reversed;
  for (std::size_t i = 0; i < a.window.size(); ++i) {
    ir::WindowAxis w = a.window[i];
    const std::int64_t extent = w.extent();
    w.size = s.dy.dim(a.result.spatial[i]);
    std::swap(w.stride, w.dilation);
    w.high = w.extent() - w.dilated(s.in[0].dim(a.image.spatial[i])) + extent - w.low - 1;
    if (w.reversed) reversed.push_back(a.kernel.spatial[i]);
    w.reversed = false;
    back.window.push_back(w);
  }
  const Value out = ops::convolution(s.in[0], s.dy, back);
  return reversed.empty() ? out : ops::flip(out, reversed);
}

// An element is in the windows at which the transposed window puts it.
Value sum_gradient(const Step& s, const ir::ReduceWindowAttributes& a) {
  ir::Window back;
  for (std::size_t i = 0; i < a.window.size(); ++i) {
    back.push_back(ir::transposed(a.window[i], s.in[0].dim(static_cast<int>(i))));
    back.back().reversed = false;  // a sum has no order
  }
  return ops::reduce_window(s.dy, ir::Reduction::kSum, back);
}

}  // namespace

std::vector<Value> window_gradients(const Step& s) {
  if (s.node.op == Op::kConvolution) {
    const auto& a = s.node.as<ir::ConvolutionAttributes>();
    return {s.wants(0) ? image_gradient(s, a) : Value(), s.wants(1) ? kernel_gradient(s, a) : Value()};
  }
  const auto& a = s.node.as<ir::ReduceWindowAttributes>();
  if (a.kind == ir::Reduction::kSum) return {sum_gradient(s, a)};
  // The first of the extrema takes the window's gradient, as on TensorFlow.
  return {
      s.in[0].builder().add(Op::kSelectAndScatter, {s.in[0], s.dy}, ir::SelectAndScatterAttributes{a.kind, a.window})};
}

}  // namespace cornu::grad
