#include <algorithm>

#include "cornu/core/text.h"
#include "cornu/ir/graph.h"

namespace cornu::ir {
namespace {

template <class T>
std::string list(const std::vector<T>& items) {
  std::string out;
  for (const T& item : items) out += cat(out.empty() ? "" : ",", item);
  return cat("[", out, "]");
}

std::string constant(const Tensor& value) {
  std::string out = value.rank() ? "[" : "";
  for (std::int64_t i = 0; i < value.size() && i < 8; ++i) out += cat(i ? ", " : "", repr(value.at(i)));
  return cat(out, value.size() > 8 ? ", ..." : "", value.rank() ? "]" : "");
}

// "3x3 stride=2x2 pad=1_1x1_1": what is not said is the default.
std::string window(const Window& axes) {
  const auto each = [&axes](auto&& text) {
    std::string out;
    for (const WindowAxis& a : axes) out += cat(out.empty() ? "" : "x", text(a));
    return out;
  };
  const auto any = [&axes](auto&& differs) { return std::any_of(axes.begin(), axes.end(), differs); };
  std::string out = " " + each([](const WindowAxis& a) { return cat(a.size); });
  if (any([](const WindowAxis& a) { return a.stride != 1; }))
    out += " stride=" + each([](const WindowAxis& a) { return cat(a.stride); });
  if (any([](const WindowAxis& a) { return a.low != 0 || a.high != 0; }))
    out += " pad=" + each([](const WindowAxis& a) { return cat(a.low, "_", a.high); });
  if (any([](const WindowAxis& a) { return a.base_dilation != 1; }))
    out += " lhs_dilate=" + each([](const WindowAxis& a) { return cat(a.base_dilation); });
  if (any([](const WindowAxis& a) { return a.dilation != 1; }))
    out += " rhs_dilate=" + each([](const WindowAxis& a) { return cat(a.dilation); });
  if (any([](const WindowAxis& a) { return a.reversed; }))
    out += " reverse=" + each([](const WindowAxis& a) { return a.reversed ? "1" : "0"; });
  return out;
}

// "b01f": the letter of each axis.
std::string layout(int first, char first_letter, int second, char second_letter, const Axes& spatial) {
  std::string out(spatial.size() + 2, '?');
  out[static_cast<std::size_t>(first)] = first_letter;
  out[static_cast<std::size_t>(second)] = second_letter;
  for (std::size_t i = 0; i < spatial.size(); ++i)
    out[static_cast<std::size_t>(spatial[i])] = static_cast<char>('0' + i);
  return out;
}

struct Printer {
  std::string operator()(const NoAttributes&) const { return ""; }
  std::string operator()(const ParameterAttributes& a) const { return cat(" \"", a.name, "\""); }
  std::string operator()(const ConstantAttributes& a) const { return cat(" ", constant(a.value)); }
  std::string operator()(const IotaAttributes& a) const { return cat(" axis=", a.axis); }
  std::string operator()(const CompareAttributes& a) const { return cat(" ", name_of(a.direction)); }
  std::string operator()(const BroadcastAttributes& a) const { return cat(" dims=", list(a.dims)); }
  std::string operator()(const TransposeAttributes& a) const { return cat(" permutation=", list(a.permutation)); }
  std::string operator()(const AxisAttributes& a) const { return cat(" axis=", a.axis); }
  std::string operator()(const AxesAttributes& a) const { return cat(" axes=", list(a.axes)); }
  std::string operator()(const SliceAttributes& a) const {
    return cat(" start=", list(a.start), " limit=", list(a.limit), " stride=", list(a.stride));
  }
  std::string operator()(const PadAttributes& a) const {
    return cat(" low=", list(a.low), " high=", list(a.high), " interior=", list(a.interior));
  }
  std::string operator()(const ReduceAttributes& a) const { return cat(" ", name_of(a.kind), " axes=", list(a.axes)); }
  std::string operator()(const DotAttributes& a) const {
    return cat(" batch=", list(a.lhs_batch), list(a.rhs_batch), " contract=", list(a.lhs_contract),
               list(a.rhs_contract));
  }
  std::string operator()(const ConvolutionAttributes& a) const {
    std::string out = cat(window(a.window), " ", layout(a.image.batch, 'b', a.image.feature, 'f', a.image.spatial), "_",
                          layout(a.kernel.input, 'i', a.kernel.output, 'o', a.kernel.spatial), "->",
                          layout(a.result.batch, 'b', a.result.feature, 'f', a.result.spatial));
    if (a.feature_groups != 1) out += cat(" feature_groups=", a.feature_groups);
    if (a.batch_groups != 1) out += cat(" batch_groups=", a.batch_groups);
    return out;
  }
  std::string operator()(const ReduceWindowAttributes& a) const { return cat(" ", name_of(a.kind), window(a.window)); }
  std::string operator()(const SelectAndScatterAttributes& a) const {
    return cat(" ", name_of(a.kind), window(a.window));
  }
  std::string operator()(const AllReduceAttributes& a) const { return cat(" place=", a.place); }
  std::string operator()(const FusionAttributes& a) const { return cat(" ", name_of(a.kind)); }
};

std::string indented(const std::string& text) {
  std::string out;
  for (const std::string& line : split(text, '\n'))
    if (!line.empty()) out += cat("    ", line, "\n");
  return out;
}

std::string values(const std::vector<ValueId>& ids) {
  std::string out;
  for (std::size_t i = 0; i < ids.size(); ++i) out += cat(i ? ", %" : "%", ids[i]);
  return out;
}

}  // namespace

std::string print(const Type& type) {
  std::string out = std::string(cornu::name_of(type.dtype)) + "[";
  for (int i = 0; i < type.shape.rank(); ++i) out += cat(i ? "," : "", type.shape[i]);
  return out + "]";
}

std::string print(const Graph& graph) {
  std::string out;
  for (const Node& node : graph.nodes()) {
    out += cat(values(node.results), " = ", name_of(node.op), "(", values(node.operands), ")",
               std::visit(Printer{}, node.attributes), " : ");
    for (std::size_t i = 0; i < node.results.size(); ++i) out += (i ? ", " : "") + print(graph.type(node.results[i]));
    out += "\n";
    if (node.op == Op::kFusion) out += indented(print(*node.as<FusionAttributes>().body));
  }
  return out + "return " + values(graph.outputs()) + "\n";
}

}  // namespace cornu::ir
