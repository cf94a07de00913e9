// Common subexpressions: equal nodes become one. Everything in a graph is a function of its operands, random numbers
// too, so equal means: the same op, attributes, result types and operands.
#include <algorithm>
#include <map>
#include <sstream>

#include "cornu/passes/pass.h"

namespace cornu::passes {
namespace {

using ir::Node;
using ir::Op;

// Larger constants are worth no look at every byte; they are equal when they share their memory.
constexpr std::size_t kComparedBytes = 4096;

void write(std::ostream& out, const std::vector<int>& list) {
  for (const int v : list) out << v << ',';
}
void write(std::ostream& out, const ir::Dims& list) {
  for (const std::int64_t v : list) out << v << ',';
}

void write(std::ostream& out, const ir::Window& window) {
  for (const ir::WindowAxis& a : window)
    out << a.size << ',' << a.stride << ',' << a.low << ',' << a.high << ',' << a.dilation << ',' << a.base_dilation
        << ',' << a.reversed << ';';
}

struct Writer {
  std::ostream& out;

  void operator()(const ir::NoAttributes&) const {}
  void operator()(const ir::ParameterAttributes&) const {}
  void operator()(const ir::ConstantAttributes& a) const {
    if (a.value.bytes() > kComparedBytes)
      out << a.value.raw();
    else
      out.write(static_cast<const char*>(a.value.raw()), static_cast<std::streamsize>(a.value.bytes()));
  }
  void operator()(const ir::IotaAttributes& a) const { out << a.axis; }
  void operator()(const ir::CompareAttributes& a) const { out << name_of(a.direction); }
  void operator()(const ir::BroadcastAttributes& a) const { write(out, a.dims); }
  void operator()(const ir::TransposeAttributes& a) const { write(out, a.permutation); }
  void operator()(const ir::AxisAttributes& a) const { out << a.axis; }
  void operator()(const ir::AxesAttributes& a) const { write(out, a.axes); }
  void operator()(const ir::SliceAttributes& a) const {
    for (const ir::Dims* d : {&a.start, &a.limit, &a.stride}) write(out << ';', *d);
  }
  void operator()(const ir::PadAttributes& a) const {
    for (const ir::Dims* d : {&a.low, &a.high, &a.interior}) write(out << ';', *d);
  }
  void operator()(const ir::ReduceAttributes& a) const { write(out << name_of(a.kind) << ';', a.axes); }
  void operator()(const ir::DotAttributes& a) const {
    for (const ir::Axes* d : {&a.lhs_batch, &a.rhs_batch, &a.lhs_contract, &a.rhs_contract}) write(out << ';', *d);
  }
  void operator()(const ir::ConvolutionAttributes& a) const {
    write(out, a.window);
    for (const ir::ImageAxes* image : {&a.image, &a.result}) {
      write(out << image->batch << ',' << image->feature << ';', image->spatial);
      out << ';';
    }
    write(out << a.kernel.input << ',' << a.kernel.output << ';', a.kernel.spatial);
    out << ';' << a.feature_groups << ';' << a.batch_groups;
  }
  void operator()(const ir::ReduceWindowAttributes& a) const { write(out << name_of(a.kind) << ';', a.window); }
  void operator()(const ir::SelectAndScatterAttributes& a) const { write(out << name_of(a.kind) << ';', a.window); }
  void operator()(const ir::AllReduceAttributes& a) const { out << a.place; }
  void operator()(const ir::FusionAttributes& a) const { out << a.body.get(); }
};

bool commutes(Op op) {
  switch (op) {
    case Op::kAdd:
    case Op::kMultiply:
    case Op::kAnd:
    case Op::kOr:
    case Op::kXor: return true;
    default: return false;  // maximum and minimum of 0 and -0 depend on the order
  }
}

std::string key(const ir::Graph& graph, const Node& node, std::vector<ir::ValueId> operands) {
  if (commutes(node.op)) std::sort(operands.begin(), operands.end());
  std::ostringstream out;
  out << static_cast<int>(node.op) << '|';
  write(out, operands);
  out << '|';
  for (const ir::ValueId v : node.results) out << static_cast<int>(graph.type(v).dtype) << graph.shape(v);
  out << '|';
  std::visit(Writer{out}, node.attributes);
  return std::move(out).str();
}

}  // namespace

ir::Graph cse(const ir::Graph& graph) {
  std::map<std::string, std::vector<ir::ValueId>> known;
  return ir::rewrite(graph, [&](ir::Rewriter& r, const Node& node) {
    if (node.op == Op::kParameter) return false;
    const std::string k = key(graph, node, r.map(node.operands));
    if (const auto it = known.find(k); it != known.end()) {
      for (std::size_t i = 0; i < node.results.size(); ++i) r.replace(node.results[i], it->second[i]);
      return true;
    }
    r.keep(node);
    known.emplace(k, r.map(node.results));
    return true;
  });
}

}  // namespace cornu::passes
