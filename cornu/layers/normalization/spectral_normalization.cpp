#include "cornu/layers/normalization/spectral_normalization.h"

#include <algorithm>

#include "cornu/initializers/initializers.h"
#include "cornu/layers/core/wrapper.h"
#include "cornu/layers/layer_of.h"

namespace cornu::layers {
namespace {

constexpr double kEpsilon = 1e-7;  // Keras's backend.epsilon()

struct Arguments : SpectralNormalizationOptions {
  Layer layer = {};
  template <class F>
  void fields(F& f) {
    f.required("layer", layer);
    SpectralNormalizationOptions::fields(f);
  }
};

Value unit_length(Value x) { return x * ops::minimum(ops::rsqrt(ops::sum(ops::square(x), {}, true)), 1.0 / kEpsilon); }

class SpectralNormalizationImpl final : public LayerOf<Arguments, WrapperImpl> {
 public:
  explicit SpectralNormalizationImpl(const Arguments& arguments) : LayerOf(Arguments(arguments), arguments.layer) {
    if (o_.power_iterations < 1)
      throw ValueError(cat("[SpectralNormalization] received: power_iterations=", o_.power_iterations,
                           "\n  expected: a positive integer"));
  }
  std::string class_name() const override { return "SpectralNormalization"; }

  void build(const Shape& input_shape) override {
    WrapperImpl::build(input_shape);
    for (const char* name : {"kernel", "embeddings"})
      for (const Variable& v : layer().impl().variables())
        if (!kernel_ && v.path() == cat(layer().impl().path(), "/", name)) kernel_ = v;
    if (!kernel_)
      fail(cat("received: layer \"", layer().name(), "\" of class ", layer().class_name(),
               "\n  expected: a layer with a weight \"kernel\" or \"embeddings\", such as Dense"));
    vector_u_ = add_weight("vector_u", {1, kernel_.shape().back()}, initializers::TruncatedNormal({.stddev = 0.02}),
                           {false, {}, {}, kernel_.dtype()});
  }

  // Keras counts the kernel among the wrapper's own, and so first.
  std::vector<Variable> weights() const override {
    std::vector<Variable> out = WrapperImpl::weights();
    if (const auto kernel = std::find(out.begin(), out.end(), kernel_); kernel != out.end())
      std::rotate(out.begin(), kernel, kernel + 1);
    return out;
  }

  Value call(CallContext& context, Value x) override {
    if (context.training()) normalize(context);
    return ops::cast(layer().impl()(context, x), x.dtype());
  }
  Json default_call_arguments() const override { return Json{{"training", false}}; }

 private:
  void normalize(CallContext& context) const {
    const Value kernel = context[kernel_], old_u = context[vector_u_];
    const Value matrix = ops::reshape(kernel, {-1, kernel.dim(-1)});
    Value u = old_u, v;
    for (std::int64_t i = 0; i < o_.power_iterations; ++i) {
      v = unit_length(ops::matmul(u, ops::transpose(matrix)));
      u = unit_length(ops::matmul(v, matrix));
    }
    const Value sigma = ops::matmul(ops::matmul(v, matrix), ops::transpose(u));
    // Nothing to divide where the kernel is zero.
    const Value is_zero = ops::all(ops::equal(kernel, 0.0));
    context.update(vector_u_, ops::where(is_zero, old_u, u));
    context.update(kernel_, ops::where(is_zero, kernel, kernel / ops::reshape(sigma, {})));
  }

  Variable kernel_, vector_u_;
};

}  // namespace

SpectralNormalization::SpectralNormalization(Layer layer, SpectralNormalizationOptions options)
    : Layer(make_layer<SpectralNormalizationImpl>({std::move(options), std::move(layer)})) {}

void register_spectral_normalization(Registry<Layer>& registry) {
  add_layer<SpectralNormalizationImpl>(registry, "SpectralNormalization");
}

}  // namespace cornu::layers
