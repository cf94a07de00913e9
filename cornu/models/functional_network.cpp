#include "cornu/models/functional_network.h"

#include <algorithm>

#include "cornu/layers/core/operation.h"

namespace cornu {
namespace {

using Tensors = FunctionalNetwork::Tensors;

// Keras's flat order: dicts by their sorted names.
std::vector<KerasTensor> flat(const Tensors& tensors) {
  if (!tensors.is_dict()) return tensors.values();
  std::vector<std::string> names = tensors.names();
  std::sort(names.begin(), names.end());
  std::vector<KerasTensor> out;
  for (const std::string& name : names) out.push_back(*tensors.find(name));
  return out;
}

// The same form with the tensors of a flat list.
Tensors packed(const Tensors& form, const std::vector<KerasTensor>& tensors) {
  if (form.is_one()) return tensors[0];
  if (form.is_list()) return tensors;
  std::vector<std::string> sorted = form.names();
  std::sort(sorted.begin(), sorted.end());
  Tensors out;
  for (const std::string& name : form.names())
    out.add(name, tensors[static_cast<std::size_t>(std::find(sorted.begin(), sorted.end(), name) - sorted.begin())]);
  return out;
}

// A dict's names, else the names of the layers; a layer with two outputs among them gives "inner" and "inner_1".
std::vector<TensorSpec> specs(const Tensors& form, const std::vector<KerasTensor>& tensors) {
  std::vector<std::string> names = form.names();
  std::sort(names.begin(), names.end());
  std::vector<TensorSpec> out;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const std::string base = form.is_dict() ? names[i] : tensors[i].layer().name();
    std::string name = base;
    const auto taken = [&] { return std::any_of(out.begin(), out.end(), [&](auto& s) { return s.name == name; }); };
    for (int n = 1; taken(); ++n) name = cat(base, "_", n);
    out.push_back({name, tensors[i].shape(), tensors[i].dtype()});
  }
  return out;
}

void check(const Tensors& tensors, const char* what) {
  if (tensors.size() == 0) throw ValueError(cat("[Model] received: no ", what, "\n  expected: at least one"));
  for (const KerasTensor& t : tensors.values())
    if (!t) throw ValueError(cat("[Model] received: an empty symbolic tensor among the ", what));
}

}  // namespace

FunctionalNetwork::FunctionalNetwork(const Tensors& inputs, const Tensors& outputs, const std::string& name) {
  check(inputs, "inputs");
  check(outputs, "outputs");
  flat_inputs_ = flat(inputs);
  flat_outputs_ = flat(outputs);
  cut_free(flat_inputs_, flat_outputs_);
  inputs_ = packed(inputs, flat_inputs_);
  outputs_ = packed(outputs, flat_outputs_);
  configure(name, true, "", {});
  map_ = map_graph(flat_inputs_, flat_outputs_, this->name());
  for (const Layer& layer : map_.operations)
    if (!layers::is_operation(layer)) layers_.push_back(layer);
  std::vector<Shape> shapes;
  for (const KerasTensor& t : flat_inputs_) shapes.push_back(t.shape());
  ensure_all_built(shapes);
}

std::vector<TensorSpec> FunctionalNetwork::inputs() const { return specs(inputs_, flat_inputs_); }
std::vector<TensorSpec> FunctionalNetwork::outputs() const { return specs(outputs_, flat_outputs_); }

std::vector<Value> FunctionalNetwork::emit(CallContext& context, const std::vector<Value>& inputs) {
  if (inputs.size() != flat_inputs_.size())
    fail(cat("received: ", inputs.size(), " inputs\n  expected: ", flat_inputs_.size()));
  std::map<KerasTensor, Value> values;
  for (std::size_t i = 0; i < inputs.size(); ++i) values[flat_inputs_[i]] = inputs[i];
  for (const NodePtr& node : map_.nodes) {
    if (node->is_input()) continue;
    std::vector<Value> x;
    for (const KerasTensor& t : node->inputs) x.push_back(values.at(t));
    const std::vector<Value> y = node->layer.impl().run(context, x);
    for (std::size_t i = 0; i < y.size(); ++i) values[KerasTensor(node, static_cast<int>(i))] = y[i];
  }
  std::vector<Value> out;
  for (const KerasTensor& t : flat_outputs_) out.push_back(values.at(t));
  return out;
}

std::vector<Shape> FunctionalNetwork::compute_output_shapes(const std::vector<Shape>& input_shapes) {
  if (input_shapes.size() != flat_inputs_.size())
    fail(cat("received: ", input_shapes.size(), " inputs\n  expected: ", flat_inputs_.size()));
  std::map<KerasTensor, Shape> shapes;
  bool same = true;
  for (std::size_t i = 0; i < input_shapes.size(); ++i) {
    const Shape &given = input_shapes[i], &own = flat_inputs_[i].shape();
    bool fits = given.rank() == own.rank();
    for (int d = 0; fits && d < own.rank(); ++d) fits = given[d] < 0 || own[d] < 0 || given[d] == own[d];
    if (!fits)
      fail(cat("received: shape ", given, " for input \"", flat_inputs_[i].layer().name(), "\"\n  expected: ", own));
    same = same && given == own;
    shapes[flat_inputs_[i]] = given;
  }
  std::vector<Shape> out;
  if (!same)
    for (const NodePtr& node : map_.nodes) {
      if (node->is_input()) continue;
      std::vector<Shape> x;
      for (const KerasTensor& t : node->inputs) x.push_back(shapes.at(t));
      const std::vector<Shape> y = node->layer.impl().compute_output_shapes(x);
      for (std::size_t i = 0; i < y.size(); ++i) shapes[KerasTensor(node, static_cast<int>(i))] = y[i];
    }
  for (const KerasTensor& t : flat_outputs_) out.push_back(same ? t.shape() : shapes.at(t));
  return out;
}

}  // namespace cornu
