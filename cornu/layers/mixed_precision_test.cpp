// Under a policy with two dtypes: what a layer reads, computes in, gives and is trained on.
#include <gtest/gtest.h>

#include "cornu/layers/core/dense.h"
#include "cornu/layers/core/input_layer.h"
#include "cornu/layers/layer_of.h"
#include "cornu/layers/normalization/batch_normalization.h"
#include "cornu/layers/normalization/layer_normalization.h"
#include "cornu/layers/regularization/gaussian_dropout.h"
#include "cornu/layers/regularization/gaussian_noise.h"
#include "cornu/layers/reshaping/flatten.h"
#include "cornu/layers/test_errors.h"

namespace cornu::layers {
namespace {

// Notes what it sees, and holds another layer.
struct Seen {
  DType input, weight, own, updated;
};

class NotingImpl final : public LayerImpl {
 public:
  explicit NotingImpl(Layer inner = {}) : inner_(std::move(inner)) {}
  std::string class_name() const override { return "Noting"; }
  void build(const Shape& input_shape) override {
    weight_ = add_weight("weight", {}, "ones");
    own_ = add_weight("own", {}, "zeros", {false, {}, {}, {}, false});
    if (inner_) inner_.build(input_shape);
  }
  Value call(CallContext& context, Value x) override {
    context.update(own_, ops::sum(x));
    seen = {x.dtype(), context[weight_].dtype(), context[own_].dtype(), context.stored(own_).dtype()};
    if (inner_) inner_.impl()(context, x);
    read_after_inner = context[weight_].dtype();
    return x * context[weight_];
  }
  Seen seen{};
  DType read_after_inner = float32;

 private:
  Layer inner_;
  Variable weight_, own_;
};

std::shared_ptr<NotingImpl> noting(const std::string& dtype, Layer inner = {}) {
  auto impl = std::make_shared<NotingImpl>(std::move(inner));
  impl->configure("", true, dtype, {});
  return impl;
}

DType run(LayerImpl& layer, bool training = false, Shape shape = {2, 3}) {
  Builder builder;
  CallContext context(builder, training);
  layer.ensure_built(shape.slice(1, shape.rank()).with_batch(Shape::kNone));
  return layer(context, builder.parameter("x", shape, float32)).dtype();
}

TEST(MixedPrecision, VariablesAreReadInTheDtypeOfTheComputation) {
  const auto layer = noting("mixed_bfloat16");
  EXPECT_EQ(run(*layer), bfloat16);
  EXPECT_EQ(layer->seen.input, bfloat16);
  EXPECT_EQ(layer->seen.weight, bfloat16);
  EXPECT_EQ(layer->seen.own, float32) << "a variable with autocast = false";
  EXPECT_EQ(layer->seen.updated, float32) << "an update is of the variable's own dtype";
  EXPECT_EQ(layer->dtype(), float32);
  EXPECT_EQ(layer->compute_dtype(), bfloat16);
  for (const Variable& v : layer->variables()) EXPECT_EQ(v.dtype(), float32);
}

// Keras's scopes: each layer has its own, and leaves the outer one as it was.
TEST(MixedPrecision, LayersInsideOfLayers) {
  const auto inner = noting("float32");
  const auto outer = noting("mixed_float16", Layer(inner));
  EXPECT_EQ(run(*outer), float16);
  EXPECT_EQ(inner->seen.input, float32);
  EXPECT_EQ(inner->seen.weight, float32);
  EXPECT_EQ(outer->read_after_inner, float16);

  const auto mixed = noting("mixed_float16");
  EXPECT_EQ(run(*noting("float32", Layer(mixed))), float32);
  EXPECT_EQ(mixed->seen.weight, float16);
}

TEST(MixedPrecision, RegularizersSeeTheVariableItself) {
  const Dense dense(2, {.kernel_regularizer = "l2", .dtype = "mixed_bfloat16"});
  dense.build({Shape::kNone, 3});
  Builder builder;
  CallContext context(builder, true);
  dense.impl()(context, builder.parameter("x", {2, 3}, float32));
  ASSERT_EQ(context.losses().size(), 1u);
  EXPECT_EQ(context.losses()[0].dtype(), float32);
}

TEST(MixedPrecision, NoiseDoesNotWiden) {
  EXPECT_EQ(run(GaussianNoise(0.5, {.dtype = "mixed_bfloat16"}).impl(), true), bfloat16);
  EXPECT_EQ(run(GaussianDropout(0.5, {.dtype = "mixed_float16"}).impl(), true), float16);
  EXPECT_EQ(run(BatchNormalization({.dtype = "mixed_float16"}).impl(), true), float16);
  EXPECT_EQ(run(LayerNormalization({.dtype = "mixed_float16"}).impl(), true), float16);
}

TEST(MixedPrecision, SymbolicTensors) {
  const KerasTensor x = Input({4, 5});
  EXPECT_EQ(x.dtype(), float32);
  EXPECT_EQ(Flatten({.dtype = "mixed_bfloat16"})(x).dtype(), bfloat16);
  EXPECT_EQ(Dense(3, {.dtype = "mixed_float16"})(x).dtype(), float16);
  EXPECT_EQ(LayerNormalization({.dtype = "mixed_float16"})(x).dtype(), float16);
  EXPECT_EQ(Dense(3)(Dense(3, {.dtype = "mixed_float16"})(x)).dtype(), float32);
}

TEST(MixedPrecision, TheGlobalPolicyIsForLayersMadeUnderIt) {
  config::set_dtype_policy("mixed_bfloat16");
  const Dense mixed(2), plain(2, {.dtype = "float32"});
  config::set_dtype_policy("float32");
  EXPECT_EQ(mixed.impl().dtype_policy().name(), "mixed_bfloat16");
  EXPECT_EQ(plain.impl().dtype_policy().name(), "float32");
  EXPECT_EQ(Layer::deserialize(mixed.serialize()).impl().dtype_policy(), mixed.impl().dtype_policy());
}

TEST(MixedPrecision, UnknownPoliciesNameTheLayer) {
  expect_parts(message_of<ValueError>([] { Dense(2, {.name = "d", .dtype = "mixed_float8"}); }),
               {"\"d\"", "mixed_float8", "mixed_bfloat16"});
}

}  // namespace
}  // namespace cornu::layers
