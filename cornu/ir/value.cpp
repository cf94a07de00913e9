#include "cornu/ir/value.h"

namespace cornu {

const ir::Type& Value::type() const { return builder_->graph().type(id_); }

Value Builder::parameter(std::string name, Shape shape, DType dtype) {
  return {this, graph_.add_parameter(std::move(name), {dtype, std::move(shape)})};
}

int Builder::output(Value value) {
  graph_.add_output(value.id());
  return static_cast<int>(graph_.outputs().size()) - 1;
}

namespace {

std::vector<ir::ValueId> ids(const std::vector<Value>& values) {
  std::vector<ir::ValueId> out;
  out.reserve(values.size());
  for (const Value& v : values) out.push_back(v.id());
  return out;
}

}  // namespace

Value Builder::add(ir::Op op, const std::vector<Value>& operands, ir::Attributes attributes) {
  return {this, graph_.add(op, ids(operands), std::move(attributes)).result()};
}

Value Builder::add_typed(ir::Op op, const std::vector<Value>& operands, ir::Attributes attributes, ir::Type type) {
  return {this, graph_.add_typed(op, ids(operands), std::move(attributes), std::move(type)).result()};
}

std::optional<Builder::Origin> Builder::origin(Value value) const {
  const auto it = origins_.find(value.id());
  if (it == origins_.end()) return std::nullopt;
  return it->second;
}

}  // namespace cornu
