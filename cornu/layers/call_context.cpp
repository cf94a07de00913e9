#include "cornu/layers/call_context.h"

#include "cornu/core/error.h"

namespace cornu {

void Variable::make() const {
  const std::lock_guard lock(state_->making);
  if (state_->made) return;
  state_->value = state_->initial();
  state_->initial = nullptr;
  state_->made.store(true, std::memory_order_release);
}

void Variable::assign(const Tensor& value) const {
  if (value.shape() != shape())
    throw ValueError(cat("variable \"", path(), "\" received: shape ", value.shape(), "\n  expected: ", shape()));
  state_->value = value.astype(dtype());
  state_->initial = nullptr;
  state_->made.store(true, std::memory_order_release);
}

CallContext::Place& CallContext::place(const Variable& variable) {
  const auto [it, is_new] = places_.try_emplace(variable);
  if (is_new) {
    const Value value = builder_.parameter(variable.path(), variable.shape(), variable.dtype());
    it->second = {value, value, false};
    order_.push_back(variable);
  }
  return it->second;
}

Value CallContext::operator[](const Variable& variable) {
  const Value value = stored(variable);
  return autocast_ && variable.autocast() && is_floating(value.dtype()) ? ops::cast(value, *autocast_) : value;
}

void CallContext::update(const Variable& variable, Value value) {
  Place& place = this->place(variable);
  const Value old = place.value;
  if (old.shape() != value.shape())
    throw ValueError(
        cat("variable \"", variable.path(), "\" is updated with shape ", value.shape(), "\n  expected: ", old.shape()));
  place.value = ops::cast(value, old.dtype());
  place.updated = true;
}

Value CallContext::next_random_state(const Variable& stream) {
  const Value state = (*this)[stream];
  // [seed, draw number]: a draw uses the state, then counts on, as Keras's SeedGenerator does.
  update(stream, state + ops::constant(builder_, Tensor::from<std::uint32_t>({0, 1})));
  if (builder_.share().is_whole()) return state;
  // Replicas hold one state and draw different numbers: with seeds as far apart as the golden ratio lays them.
  const Value apart = ops::constant(builder_, Tensor::from<std::uint32_t>({0x9e3779b9u, 0}));
  return state + ops::broadcast_to(ops::replica_id(builder_), {2}) * apart;
}

}  // namespace cornu
