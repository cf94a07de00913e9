#include "cornu/judge/forward_graph.h"

#include "cornu/core/error.h"
#include "cornu/layers/call_context.h"

namespace cornu {

ForwardGraph forward_graph(NetworkImpl& network, const std::vector<ir::Type>& x) {
  const std::vector<TensorSpec> specs = network.inputs();
  if (specs.size() != x.size())
    throw ValueError(cat("model \"", network.name(), "\" received: ", x.size(), " inputs\n  expected: ", specs.size()));
  Builder builder;
  CallContext context(builder, false);
  std::vector<Value> inputs;
  for (std::size_t i = 0; i < specs.size(); ++i)
    inputs.push_back(ops::cast(builder.parameter(cat("x", i), x[i].shape, x[i].dtype), specs[i].dtype));
  for (const Value& output : network.emit(context, inputs)) builder.output(output);

  // Inputs came first; the rest are variables, in the order in which the context met them.
  ForwardGraph out;
  const std::vector<ir::ValueId> parameters = builder.graph().parameters();
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    const bool input = p < specs.size();
    out.parameters.push_back(
        {input ? static_cast<int>(p) : -1, input ? Variable() : context.variables().at(p - specs.size())});
    if (!input) builder.graph().fix(parameters[p]);
  }
  out.graph = std::move(builder.graph());
  return out;
}

}  // namespace cornu
