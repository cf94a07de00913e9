#include "cornu/export/inference_graph.h"

#include "cornu/core/error.h"
#include "cornu/export/fold_constants.h"
#include "cornu/layers/call_context.h"
#include "cornu/passes/pass.h"

namespace cornu::exporting {
namespace {

std::vector<Value> add_inputs(Builder& builder, const std::vector<TensorSpec>& specs, std::int64_t batch) {
  std::vector<std::string> unknown;
  std::vector<Value> inputs;
  for (std::size_t i = 0; i < specs.size(); ++i) {
    Shape shape = specs[i].shape;
    if (shape.rank() > 0 && shape[0] < 0) shape[0] = batch;
    if (!shape.is_static()) {
      unknown.push_back(cat("\n  received: input ", i, " \"", specs[i].name, "\" of shape ", specs[i].shape));
      continue;
    }
    inputs.push_back(builder.parameter(cat("x", i), shape, specs[i].dtype));
  }
  if (!unknown.empty())
    throw ValueError(cat("exported models have fixed shapes", join(unknown, ""),
                         "\n  expected: a length for every axis but the batch"));
  return inputs;
}

// "sequential/dense/kernel" -> "dense/kernel"
std::string short_name(const std::string& path, const std::string& network) {
  return starts_with(path, network + "/") ? path.substr(network.size() + 1) : path;
}

}  // namespace

InferenceGraph inference_graph(NetworkImpl& network, std::int64_t batch) {
  Builder builder;
  CallContext context(builder, false);
  const std::vector<Value> inputs = add_inputs(builder, network.inputs(), batch);
  for (const Value& y : network.emit(context, inputs)) builder.output(y);
  InferenceGraph out;
  std::map<ir::ValueId, Variable> variables;
  for (const Variable& v : context.variables()) {
    variables[context.parameter(v).id()] = v;
    out.names[v.value().raw()] = short_name(v.path(), network.name());
  }
  out.graph = ir::rewrite(builder.graph(), [&](ir::Rewriter& r, const ir::Node& node) {
    const auto it = node.op == ir::Op::kParameter ? variables.find(node.result()) : variables.end();
    if (it == variables.end()) return false;
    const ir::Node& constant = r.target().add(ir::Op::kConstant, {}, ir::ConstantAttributes{it->second.value()});
    r.replace(node.result(), constant.result());
    return true;
  });
  return out;
}

InferenceGraph prepared(InferenceGraph in) {
  for (const auto pass : {passes::simplify, passes::cse, passes::fold_pad, passes::fold_scale, passes::simplify})
    in.graph = pass(in.graph);
  return fold_constants(std::move(in));
}

}  // namespace cornu::exporting
