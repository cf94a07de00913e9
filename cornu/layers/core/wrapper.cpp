#include "cornu/layers/core/wrapper.h"

namespace cornu {

WrapperImpl::WrapperImpl(Layer layer) : layer_(std::move(layer)) {
  if (!layer_) throw ValueError("a wrapper is made around a layer\n  received: an empty layer");
}

void WrapperImpl::build(const Shape& input_shape) {
  if (!layer_.built()) layer_.impl().set_path(cat(path(), "/", layer_.name()));
  layer_.build(input_shape);
}

std::vector<Variable> WrapperImpl::variables() const {
  std::vector<Variable> out = LayerImpl::variables();
  for (const Variable& v : layer_.impl().variables()) out.push_back(v);
  return out;
}

std::vector<Variable> WrapperImpl::weights() const {
  std::vector<Variable> out;
  for (const bool trainable : {true, false})
    for (const Variable& v : LayerImpl::variables())
      if (v.trainable() == trainable && !v.is_seed_state()) out.push_back(v);
  for (const Variable& v : layer_.weights()) out.push_back(v);
  return out;
}

std::vector<Variable> WrapperImpl::trainable_variables() const {
  std::vector<Variable> out;
  if (!trainable()) return out;
  for (const Variable& v : LayerImpl::variables())
    if (v.trainable()) out.push_back(v);
  for (const Variable& v : layer_.impl().trainable_variables()) out.push_back(v);
  return out;
}

void WrapperImpl::set_trainable(bool trainable) {
  LayerImpl::set_trainable(trainable);
  layer_.set_trainable(trainable);
}

Shape WrapperImpl::compute_output_shape(const Shape& input_shape) {
  ensure_built(input_shape);
  return layer_.compute_output_shape(input_shape);
}

}  // namespace cornu
