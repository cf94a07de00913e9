// What cannot be exported is said before anything is written, all of it at once.
#include "cornu/export/onnx/refusals.h"

#include <algorithm>

#include "cornu/core/error.h"
#include "cornu/export/judge_ops.h"

namespace cornu::onnx {
namespace {

using ir::Op;

// The smallest int8 is not the smallest of the wider integers that runtimes compute with.
bool folds_nothing(const ir::Graph& graph, const ir::Node& node) {
  const auto& a = node.as<ir::ReduceAttributes>();
  const bool extremum = a.kind == ir::Reduction::kMaximum || a.kind == ir::Reduction::kMinimum;
  return extremum && is_integer(graph.type(node.result()).dtype) && graph.shape(node.operands[0]).size() == 0;
}

// Why there is no ONNX for the op; "": there is.
std::string missing(const ir::Graph& graph, const ir::Node& node) {
  if (std::string reason = exporting::not_for_a_judge(node); !reason.empty()) return reason;
  switch (node.op) {
    case Op::kConvolution:
      if (!is_floating(graph.type(node.result()).dtype)) return "ONNX convolves floats";
      return node.as<ir::ConvolutionAttributes>().window.empty() ? "ONNX convolves along one axis at least" : "";
    case Op::kReduce: return folds_nothing(graph, node) ? "the extremum of no integers" : "";
    default: return "";
  }
}

// Why ONNX cannot do this to the axes that grow with the batch.
std::string missing(const BatchGraph& in, const ir::Node& node) {
  const auto extents = [&in](ir::ValueId v) { return in.extents[static_cast<std::size_t>(v)]; };
  const auto grows = [&](ir::ValueId v, int axis) { return extents(v)[static_cast<std::size_t>(axis)].grows; };
  switch (node.op) {
    case Op::kReshape: {
      const Extents to = extents(node.result());
      const auto growing = std::count_if(to.begin(), to.end(), [](const Extent& e) { return e.grows; });
      return growing > 1 ? "two axes that grow with the batch" : "";
    }
    case Op::kGather:
    case Op::kScatter:
      return grows(node.operands[0], node.as<ir::AxisAttributes>().axis) ? "takes slices along the batch" : "";
    case Op::kReduceWindow: {
      const ir::Window& window = node.as<ir::ReduceWindowAttributes>().window;
      for (std::size_t i = 0; i < window.size(); ++i)
        if (!window[i].trivial() && grows(node.operands[0], static_cast<int>(i))) return "a window along the batch";
      return "";
    }
    case Op::kConvolution:
      for (const int axis : node.as<ir::ConvolutionAttributes>().image.spatial)
        if (grows(node.operands[0], axis)) return "a window along the batch";
      return "";
    default: return "";
  }
}

void refuse(std::vector<std::string>& list, const std::string& text) {
  if (std::find(list.begin(), list.end(), text) == list.end()) list.push_back(text);
}

}  // namespace

std::vector<std::string> refusals(const ir::Graph& graph) {
  std::vector<std::string> out;
  for (const ir::Node& node : graph.nodes())
    if (const std::string reason = missing(graph, node); !reason.empty())
      refuse(out, cat(name_of(node.op), ": ", reason));
  return out;
}

std::vector<std::string> refusals(const BatchGraph& in) {
  std::vector<std::string> out;
  for (const ir::Node& node : in.graph.nodes())
    if (const std::string reason = missing(in, node); !reason.empty()) refuse(out, cat(name_of(node.op), ": ", reason));
  return out;
}

}  // namespace cornu::onnx
