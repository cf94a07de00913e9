#include "cornu/layers/core/dense.h"

#include "cornu/core/beside.h"
#include "cornu/layers/core/float8.h"
#include "cornu/layers/layer_of.h"

namespace cornu::layers {
namespace {

struct Arguments : DenseOptions {
  std::int64_t units = 0;
  template <class F>
  void fields(F& f) {
    f.required("units", units);
    DenseOptions::fields(f);
    f.always_none("quantization_config");
  }
};

class DenseImpl final : public LayerOf<Arguments> {
 public:
  explicit DenseImpl(Arguments&& arguments) : LayerOf(std::move(arguments)) {
    check_beside(o_.cornu, {"rounded_inputs", "float8_scales"}, "Dense");
    steps_ = beside(o_.cornu, "rounded_inputs", 0);
    float8_scales_ = beside(o_.cornu, "float8_scales", std::vector<double>());
    const bool scales_are_good = float8_scales_.size() == 2 && float8_scales_[0] > 0 && float8_scales_[1] > 0;
    if (!float8_scales_.empty() && !scales_are_good)
      throw ValueError(cat("[Dense] received: float8_scales=", dump_json(o_.cornu["float8_scales"]),
                           "\n  expected: two positive numbers, for the inputs and the kernel"));
    if (o_.units <= 0) throw ValueError(cat("[Dense] received: units=", o_.units, "\n  expected: a positive integer"));
  }
  std::string class_name() const override { return "Dense"; }

  void build(const Shape& input_shape) override {
    if (input_shape.rank() < 2 || input_shape.back() < 0)
      fail(cat("received: input of shape ", input_shape, "\n  expected: rank >= 2 and a known last dimension"));
    kernel_ = add_weight("kernel", {input_shape.back(), o_.units}, o_.kernel_initializer,
                         {true, o_.kernel_regularizer, o_.kernel_constraint});
    if (o_.use_bias)
      bias_ = add_weight("bias", {o_.units}, o_.bias_initializer, {true, o_.bias_regularizer, o_.bias_constraint});
  }

  Value call(CallContext& context, Value x) override {
    if (x.dim(-1) != kernel_.shape()[0])
      fail(cat("received: input of shape ", x.shape(), "\n  expected: a last dimension of ", kernel_.shape()[0]));
    if (!float8_scales_.empty()) return float8_call(context, x);
    const Value scale = rounding(x);
    if (scale) x = rounded(x, scale);
    Value out = ops::matmul(x, context[kernel_]);
    if (scale) out = out / scale;
    if (o_.use_bias) out = out + context[bias_];
    return o_.activation(out);
  }

  Shape compute_output_shape(const Shape& input_shape) override {
    Shape out = input_shape;
    out[out.rank() - 1] = o_.units;
    return out;
  }

 private:
  // As Keras's AbsMaxQuantizer: row by row, the largest number becomes the last step. Undefined when nothing is
  // rounded.
  Value rounding(Value x) const {
    return steps_ > 0 ? static_cast<double>(steps_) / (ops::max(ops::abs(x), {-1}, true) + 1e-7) : Value{};
  }
  Value rounded(Value x, Value scale) const {
    const double steps = steps_;
    return ops::maximum(ops::minimum(ops::round(x * scale), steps), -steps);
  }

  // Keras rounds the bias to bfloat16 there, as the kernels of such GPUs take it.
  Value float8_call(CallContext& context, Value x) const {
    Value out = ops::matmul(through_float8(x, float8_scales_[0]), through_float8(context[kernel_], float8_scales_[1]));
    if (o_.use_bias) out = out + ops::cast(ops::cast(context[bias_], bfloat16), out.dtype());
    return o_.activation(out);
  }

  Variable kernel_, bias_;
  int steps_ = 0;
  std::vector<double> float8_scales_;
};

}  // namespace

Dense::Dense(std::int64_t units, DenseOptions options) : Layer(make_layer<DenseImpl>({std::move(options), units})) {}

void register_dense(Registry<Layer>& registry) { add_layer<DenseImpl>(registry, "Dense"); }

}  // namespace cornu::layers
