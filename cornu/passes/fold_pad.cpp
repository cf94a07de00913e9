// Zeros around an image become the padding of the convolution that reads it, which writes no such image out.
#include <algorithm>

#include "cornu/passes/match.h"
#include "cornu/passes/pass.h"

namespace cornu::passes {
namespace {

using ir::Node;
using ir::Op;

// Padding with zeros at the ends of spatial axes alone.
bool pads_space(const ir::Graph& graph, const Node& pad, const ir::ConvolutionAttributes& a) {
  const auto& p = pad.as<ir::PadAttributes>();
  if (!is_number(graph, pad.operands[1], 0.0)) return false;
  for (std::size_t i = 0; i < p.low.size(); ++i) {
    const int axis = static_cast<int>(i);
    const bool spatial = std::find(a.image.spatial.begin(), a.image.spatial.end(), axis) != a.image.spatial.end();
    const bool padded = p.low[i] != 0 || p.high[i] != 0;
    if (p.low[i] < 0 || p.high[i] < 0 || p.interior[i] != 0 || (padded && !spatial)) return false;
  }
  return true;
}

}  // namespace

ir::Graph fold_pad(const ir::Graph& graph) {
  const ir::Graph folded = ir::rewrite(graph, [&](ir::Rewriter& r, const Node& node) {
    if (node.op != Op::kConvolution) return false;
    ir::ConvolutionAttributes a = node.as<ir::ConvolutionAttributes>();
    const Node* pad = producer_of(graph, node.operands[0], Op::kPad);
    const bool holes =
        std::any_of(a.window.begin(), a.window.end(), [](const ir::WindowAxis& w) { return w.base_dilation != 1; });
    if (!pad || holes || !pads_space(graph, *pad, a)) return false;
    for (std::size_t i = 0; i < a.window.size(); ++i) {
      const auto axis = static_cast<std::size_t>(a.image.spatial[i]);
      a.window[i].low += pad->as<ir::PadAttributes>().low[axis];
      a.window[i].high += pad->as<ir::PadAttributes>().high[axis];
    }
    const ir::ValueId image = r[pad->operands[0]], kernel = r[node.operands[1]];
    r.replace(node.result(), r.target().add(Op::kConvolution, {image, kernel}, a).result());
    return true;
  });
  // Images with zeros around them that nothing else reads stay behind.
  return ir::rewrite(folded, [](ir::Rewriter&, const Node&) { return false; });
}

}  // namespace cornu::passes
