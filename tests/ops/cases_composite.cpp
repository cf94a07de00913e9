// The functions of ops.h that are more than one op, and small graphs such as layers make.
#include <numbers>

#include "cornu/core/text.h"
#include "cornu/ir/ops.h"
#include "tests/ops/op_case.h"

namespace cornu::op_cases {
namespace {

using Axes = std::vector<int>;

// conv, batch normalization, residual, relu6: what a model that judges makes of its blocks.
void add_blocks(std::vector<OpCase>& cases) {
  for (const bool fixed : {false, true}) {
    for (const Shape& kernel : {Shape{3, 3, 5, 7}, Shape{1, 1, 5, 7}, Shape{3, 3, 1, 5}, Shape{1, 1, 5, 130}}) {
      const std::int64_t filters = kernel[3];
      for (int form = 0; form < 4; ++form)
        cases.push_back({.label = cat("block ", form, " with kernel ", kernel, fixed ? ", fixed" : ""),
                         .inputs = {real({2, 6, 7, 5}), real(kernel), real({filters}), real({filters}, 0.5, 2),
                                    real({filters}), real({2, 6, 7, filters})},
                         .build =
                             [fixed, form](const Args& x) {
                               if (fixed)
                                 for (std::size_t i = 1; i < 5; ++i) x.builder.graph().fix(x[i].id());
                               Value y = ops::conv(x[0], x[1], {.padding = "same"});
                               if (form != 1) y = y + x[2];
                               const auto wide = [](Value v) { return ops::reshape(v, {1, 1, 1, v.dim(0)}); };
                               if (form != 2) y = y * wide(x[3]) + wide(x[4]);
                               if (form != 3) y = y + x[5];
                               y = ops::relu(y);
                               return form == 3 ? ops::where(ops::less(y, 1.5), y, 1.5) : y;
                             },
                         .dtypes = {float32, float64},
                         .tolerance = {.ulps = 16, .scale = 8},
                         .no_gradient = "its ops have their own cases"});
    }
    cases.push_back({.label = cat("gradient through a relu before a convolution", fixed ? ", fixed" : ""),
                     .inputs = {real({4, 16, 17, 18}), real({3, 3, 18, 20}), real({4, 16, 17, 20})},
                     .build =
                         [fixed](const Args& x) {
                           if (fixed) x.builder.graph().fix(x[1].id());
                           const Value y = ops::conv(x[0], x[1], {.padding = "same"});
                           return ops::where(ops::less_equal(x[2], 0.0), 0.0, y);
                         },
                     .tolerance = {.ulps = 64, .scale = 32},
                     .no_gradient = "its ops have their own cases"});
    cases.push_back({.label = cat("dense block", fixed ? ", fixed" : ""),
                     .inputs = {real({9, 20}), real({20, 130}), real({130}), real({130}), real({9, 130})},
                     .build =
                         [fixed](const Args& x) {
                           if (fixed)
                             for (std::size_t i = 1; i < 4; ++i) x.builder.graph().fix(x[i].id());
                           return ops::relu((ops::matmul(x[0], x[1]) + x[2]) * x[3] + x[4]);
                         },
                     .dtypes = {float32, float64},
                     .tolerance = {.ulps = 16, .scale = 8},
                     .no_gradient = "its ops have their own cases"});
  }
}

void add_reductions(std::vector<OpCase>& cases) {
  const Input table = numbers({1, 2, 3, 4, 5, 9}, {2, 3});
  cases.push_back({.label = "mean numbers",
                   .inputs = {table},
                   .build = [](const Args& x) { return ops::mean(x[0], {1}); },
                   .dtypes = kFloats,
                   .expected = {2, 6}});
  cases.push_back({.label = "mean of integers is a float",
                   .inputs = {numbers({1, 2})},
                   .build = [](const Args& x) { return ops::mean(x[0]); },
                   .dtypes = kIntegers,
                   .expected = {1.5}});
  cases.push_back({.label = "var numbers",
                   .inputs = {numbers({1, 3, 2, 6}, {2, 2})},
                   .build = [](const Args& x) { return ops::var(x[0], {1}); },
                   .dtypes = kFloats,
                   .expected = {1, 4}});
  for (const auto& [shape, axes] :
       std::vector<std::pair<Shape, Axes>>{{{33, 17}, {-1}}, {{33, 17}, {0}}, {{2, 3, 4}, {0, 2}}, {{5}, {}}}) {
    const std::string on = cat(shape, " axes ", Shape(ir::Dims(axes.begin(), axes.end())));
    cases.push_back({.label = cat("mean ", on),
                     .inputs = {real(shape)},
                     .build = [axes = axes](const Args& x) { return ops::mean(x[0], axes, true); },
                     .dtypes = kFloats,
                     .tolerance = {.ulps = 8, .scale = 1}});
    cases.push_back({.label = cat("var ", on),
                     .inputs = {real(shape)},
                     .build = [axes = axes](const Args& x) { return ops::var(x[0], axes); },
                     .dtypes = {float32, float64},
                     .tolerance = {.ulps = 16, .scale = 1}});
    cases.push_back(
        {.label = cat("keepdims ", on),
         .inputs = {real(shape)},
         .build = [axes = axes](const Args& x) { return ops::max(x[0], axes, true) - ops::min(x[0], axes, true); },
         .dtypes = kFloats});
  }
  cases.push_back({.label = "sum of bools counts",
                   .inputs = {numbers({1, 0, 1}).as(bool_)},
                   .build = [](const Args& x) { return ops::sum(x[0]); },
                   .expected = {2}});
  cases.push_back({.label = "all and any",
                   .inputs = {numbers({1, 0, 1, 1}, {2, 2}).as(bool_)},
                   .build =
                       [](const Args& x) {
                         return ops::concatenate({ops::all(x[0], {1}), ops::any(x[0], {1})}, 0);
                       },
                   .expected = {0, 1, 1, 1}});
}

void add_softmaxes(std::vector<OpCase>& cases) {
  cases.push_back({.label = "softmax numbers",
                   .inputs = {numbers({0, std::numbers::ln2, std::numbers::ln2 * 2, 0}, {1, 4})},
                   .build = [](const Args& x) { return ops::softmax(x[0]); },
                   .dtypes = {float32, float64},
                   .tolerance = {.ulps = 4},
                   .expected = {0.125, 0.25, 0.5, 0.125}});
  for (const Shape& shape : {Shape{33, 10}, Shape{1, 1}, Shape{0, 3}, Shape{2, 3, 5}, Shape{33}}) {
    cases.push_back({.label = cat("softmax ", shape),
                     .inputs = {real(shape, -4, 4)},
                     .build = [](const Args& x) { return ops::softmax(x[0]); },
                     .dtypes = {float32, float64},
                     .tolerance = {.ulps = 16}});
    cases.push_back({.label = cat("log_softmax ", shape),
                     .inputs = {real(shape, -4, 4)},
                     .build = [](const Args& x) { return ops::log_softmax(x[0]); },
                     .dtypes = {float32, float64},
                     .tolerance = {.ulps = 16, .scale = 4}});
    cases.push_back({.label = cat("logsumexp ", shape),
                     .inputs = {real(shape, -4, 4)},
                     .build = [](const Args& x) { return ops::logsumexp(x[0]); },
                     .dtypes = {float32, float64},
                     .tolerance = {.ulps = 16, .scale = 4}});
  }
  cases.push_back({.label = "softmax of two axes",
                   .inputs = {real({2, 3, 4}, -4, 4)},
                   .build =
                       [](const Args& x) {
                         return ops::softmax(x[0], {1, 2});
                       },
                   .tolerance = {.ulps = 16}});
  cases.push_back({.label = "softmax of large numbers",
                   .inputs = {numbers({1000, 1000, -1000, 1000}, {2, 2})},
                   .build = [](const Args& x) { return ops::softmax(x[0]); },
                   .expected = {0.5, 0.5, 0, 1},
                   .no_gradient = "differences at 1000 are too coarse"});
}

void add_elementwise(std::vector<OpCase>& cases) {
  const auto one = [&cases](const std::string& label, Value (*op)(Value), double low, double high, double ulps) {
    cases.push_back({.label = label,
                     .inputs = {real({33, 5}, low, high)},
                     .build = [op](const Args& x) { return op(x[0]); },
                     .dtypes = kFloats,
                     .tolerance = {.ulps = ulps}});
  };
  one("relu", ops::relu, -2, 2, 0);
  one("square", ops::square, -2, 2, 0);
  one(
      "clip", [](Value x) { return ops::clip(x, -0.5, 0.75); }, -2, 2, 0);
  one(
      "x + number", [](Value x) { return 2.0 * x + 1.0; }, -2, 2, 2);
  one(
      "number / x", [](Value x) { return 3.0 / x - 1.0 / (x + 4.0); }, 0.5, 2, 8);
  cases.push_back({.label = "softplus",
                   .inputs = {real({33, 5}, -9, 9)},
                   .build = [](const Args& x) { return ops::softplus(x[0]); },
                   .dtypes = {float32, float64},
                   .tolerance = {.ulps = 8}});
  cases.push_back({.label = "mod has the sign of the divisor",
                   .inputs = {numbers({7, -7, 7, -7, 6}), numbers({4, 4, -4, -4, 3})},
                   .build = [](const Args& x) { return ops::mod(x[0], x[1]); },
                   .dtypes = kSigned,
                   .expected = {3, 1, -1, -3, 0},
                   .no_gradient = "stands on a corner"});
  cases.push_back({.label = "mod",
                   .inputs = {real({33}, -9, 9), real({33}, 1, 4)},
                   .build = [](const Args& x) { return ops::mod(x[0], x[1]); },
                   .dtypes = {float32, float64}});
  cases.push_back({.label = "integers divide truly",
                   .inputs = {numbers({1, 3}), numbers({2, 4})},
                   .build = [](const Args& x) { return x[0] / x[1]; },
                   .dtypes = kIntegers,
                   .expected = {0.5, 0.75}});
  cases.push_back({.label = "an integer meets a fraction",
                   .inputs = {numbers({1, 3})},
                   .build = [](const Args& x) { return x[0] * 0.5; },
                   .dtypes = kIntegers,
                   .expected = {0.5, 1.5}});
  cases.push_back({.label = "broadcasting row and column",
                   .inputs = {real({33, 1}), real({17})},
                   .build = [](const Args& x) { return x[0] * x[1] + x[0]; },
                   .dtypes = kFloats,
                   .tolerance = {.ulps = 1, .scale = 2}});
  cases.push_back({.label = "one_hot",
                   .inputs = {numbers({2, 0, 3})},
                   .build = [](const Args& x) { return ops::one_hot(x[0], 3); },
                   .dtypes = kNumbers,
                   .expected = {0, 0, 1, 1, 0, 0, 0, 0, 0},
                   .no_gradient = "steps"});
  cases.push_back({.label = "one_hot of many classes",
                   .inputs = {numbers({100}).as(uint8)},
                   .build = [](const Args& x) { return ops::argmax(ops::one_hot(x[0], 300)); },
                   .expected = {100}});
}

// Dense, relu, Dense, softmax cross-entropy: what a step of training differentiates.
Value mlp_loss(const Args& x) {
  const Value hidden = ops::relu(ops::matmul(x[0], x[1]) + x[2]);
  const Value logits = ops::matmul(hidden, x[3]) + x[4];
  const Value target = ops::one_hot(ops::iota(x.builder, {x[0].dim(0)}, 0), 4, x.dtype);
  return -ops::mean(ops::sum(target * ops::log_softmax(logits), {-1}));
}

Value layer_norm(const Args& x) {
  const Value centered = x[0] - ops::mean(x[0], {-1}, true);
  return centered * ops::rsqrt(ops::var(x[0], {-1}, true) + 1e-3) * x[1] + x[2];
}

}  // namespace

void composite_cases(std::vector<OpCase>& cases) {
  add_reductions(cases);
  add_blocks(cases);
  add_softmaxes(cases);
  add_elementwise(cases);
  cases.push_back({.label = "loss of a perceptron",
                   .inputs = {real({5, 6}), real({6, 7}), real({7}), real({7, 4}), real({4})},
                   .build = mlp_loss,
                   .dtypes = {float32, float64},
                   .tolerance = {.ulps = 16, .scale = 1}});
  cases.push_back({.label = "layer normalization",
                   .inputs = {real({33, 17}), real({17}), real({17})},
                   .build = layer_norm,
                   .dtypes = {float32, float64},
                   .tolerance = {.ulps = 32, .scale = 2}});
  cases.push_back({.label = "one value used three times",
                   .inputs = {real({33})},
                   .build = [](const Args& x) { return ops::tanh(x[0]) * x[0] + ops::exp(x[0]); },
                   .dtypes = kFloats,
                   .tolerance = {.ulps = 8, .scale = 1}});
  cases.push_back({.label = "rows enough for threads",
                   .inputs = {real({600, 300}, -4, 4), real({300})},
                   .build = [](const Args& x) { return ops::softmax(ops::tanh(x[0]) + x[1]); },
                   .tolerance = {.ulps = 16},
                   .no_gradient = "too large for differences"});
  cases.push_back({.label = "expand and squeeze",
                   .inputs = {real({3, 1, 2})},
                   .build = [](const Args& x) { return ops::expand_dims(ops::squeeze(x[0], 1), -1); },
                   .dtypes = kAll});
}

}  // namespace cornu::op_cases
