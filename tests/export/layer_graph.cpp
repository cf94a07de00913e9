#include "tests/export/layer_graph.h"

#include "cornu/layers/call_context.h"
#include "cornu/layers/layer.h"

namespace cornu::export_test {

exporting::InferenceGraph layer_graph(const golden::Family& f, const Json& c, std::int64_t batch) {
  const Layer layer = layers::deserialize(c["config"]);
  const Tensor x = f.array(c, "x");
  layer.build(x.shape().slice(1, x.rank()).with_batch(Shape::kNone));
  std::vector<Tensor> values;
  for (const Json& w : c["weights"]) values.push_back(f.at(w["value"].get<std::string>()));
  layer.set_weights(values);
  Shape shape = x.shape();
  if (batch >= 0) shape[0] = batch;
  Builder builder;
  CallContext context(builder, false);
  builder.output(layer.impl()(context, builder.parameter("x", shape, x.dtype())));
  exporting::InferenceGraph out;
  std::map<ir::ValueId, Variable> variables;
  for (const Variable& v : context.variables()) {
    variables[context.parameter(v).id()] = v;
    out.names[v.value().raw()] = v.path();
  }
  out.graph = ir::rewrite(builder.graph(), [&](ir::Rewriter& r, const ir::Node& node) {
    const auto it = variables.find(node.result());
    if (it == variables.end()) return false;
    r.replace(node.result(),
              r.target().add(ir::Op::kConstant, {}, ir::ConstantAttributes{it->second.value()}).result());
    return true;
  });
  return out;
}

void for_each_layer(const std::function<void(const golden::Family&, const Json&)>& visit) {
  for (const char* family : {"layers", "normalization_layers", "regularization_layers"})
    golden::for_each_case(family, "config", [&](const golden::Family& f, const Json& c) {
      if (!c["training"].get<bool>()) visit(f, c);
    });
}

}  // namespace cornu::export_test
