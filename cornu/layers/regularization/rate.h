// What the layers that drop at random share: the check of their rate, their random stream, dropping itself.
#pragma once

#include "cornu/layers/layer_of.h"

namespace cornu::layers {

// `Arguments` have `rate` and `seed`. As in Keras, a rate of 0 has no random stream.
template <class Options>
class RateLayer : public LayerOf<Options> {
 public:
  RateLayer(const std::string& class_name, Options&& arguments) : LayerOf<Options>(std::move(arguments)) {
    if (!(rate() >= 0.0 && rate() <= 1.0))
      throw ValueError(cat("[", class_name, "] received: rate=", rate(), "\n  expected: 0 <= rate <= 1"));
  }
  void build(const Shape&) override {
    if (rate() > 0) state_ = this->add_seed_state(this->o_.seed);
  }
  Shape compute_output_shape(const Shape& input_shape) override { return input_shape; }
  Json default_call_arguments() const override { return Json{{"training", false}}; }

 protected:
  double rate() const { return this->o_.rate; }
  bool acts(const CallContext& context) const { return context.training() && rate() > 0; }
  // The state for the draw of one call.
  Value next_state(CallContext& context) const { return context.next_random_state(state_); }

  // Uniform numbers of this shape decide which elements become zero; the others grow by 1 / (1 - rate). Where the shape
  // is 1, all elements share a fate.
  Value drop(CallContext& context, Value x, const Shape& noise_shape) const {
    if (rate() == 1) return ops::zeros_like(x);
    const double keep = 1.0 - rate();
    const Value uniform = ops::random_uniform(next_state(context), noise_shape);
    return ops::where(ops::less(uniform, keep), x / keep, 0.0);
  }
  // The shape that an argument `noise_shape` means for this input.
  Shape noise_shape(const OptionalShape& wanted, const Shape& input) const {
    if (!wanted) return input;
    Shape out = *wanted;
    if (out.rank() != input.rank())
      this->fail(
          cat("received: noise_shape ", out, " for an input of shape ", input, "\n  expected: rank ", input.rank()));
    for (int i = 0; i < out.rank(); ++i) {
      if (out[i] < 0) out[i] = input[i];
      if (out[i] != 1 && out[i] != input[i])
        this->fail(cat("received: noise_shape ", *wanted, " for an input of shape ", input,
                       "\n  expected: 1, None or the input's size in each place"));
    }
    return out;
  }

 private:
  Variable state_;
};

}  // namespace cornu::layers
