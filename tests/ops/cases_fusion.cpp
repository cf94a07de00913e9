// Fusions as passes make them: any engine can run their bodies.
#include "cornu/core/text.h"
#include "cornu/ir/ops.h"
#include "tests/ops/op_case.h"

namespace cornu::op_cases {
namespace {

const char kNone[] = "gradients are taken before passes fuse";

Value fuse(const Args& x, ir::FusionKind kind, const Builder& body, std::size_t result = 0) {
  std::vector<ir::ValueId> operands;
  for (const Value& v : x.values) operands.push_back(v.id());
  const ir::Node& node = x.builder.graph().add(
      ir::Op::kFusion, operands, ir::FusionAttributes{kind, std::make_shared<const ir::Graph>(body.graph())});
  return {&x.builder, node.results.at(result)};
}

// One body, three results: a row's largest, the shifted exponentials and their sum.
Value softmax_parts(const Args& x, std::size_t result) {
  Builder body;
  const Value in = body.parameter("x", x[0].shape(), x.dtype);
  const Value largest = ops::max(in, {-1}, true);
  const Value shifted = ops::exp(in - largest);
  for (const Value& v : {ops::max(in, {-1}), shifted, ops::sum(shifted, {-1})}) body.output(v);
  return fuse(x, ir::FusionKind::kRows, body, result);
}

Value dense(const Args& x) {
  Builder body;
  const Value in = body.parameter("x", x[0].shape(), x.dtype), kernel = body.parameter("kernel", x[1].shape(), x.dtype);
  const Value bias = body.parameter("bias", x[2].shape(), x.dtype);
  body.output(ops::relu(ops::matmul(in, kernel) + bias));
  return fuse(x, ir::FusionKind::kDot, body);
}

Value chain(const Args& x) {
  Builder body;
  const Value a = body.parameter("a", x[0].shape(), x.dtype), b = body.parameter("b", x[1].shape(), x.dtype);
  body.output(ops::tanh(a * b + 1.0) - a);
  return fuse(x, ir::FusionKind::kRows, body);
}

}  // namespace

void fusion_cases(std::vector<OpCase>& cases) {
  for (std::size_t result = 0; result < 3; ++result)
    cases.push_back({.label = cat("fusion of rows, result ", result),
                     .inputs = {real({33, 17}, -3, 3)},
                     .build = [result](const Args& x) { return softmax_parts(x, result); },
                     .dtypes = {float32, float64},
                     .tolerance = {.ulps = 16},
                     .no_gradient = kNone});
  cases.push_back({.label = "fusion of rows, numbers",
                   .inputs = {numbers({1, 2, 4, 4, 3, 0}, {2, 3})},
                   .build = [](const Args& x) { return softmax_parts(x, 0); },
                   .dtypes = {float32, float64},
                   .expected = {4, 4},
                   .no_gradient = kNone});
  cases.push_back({.label = "fusion of a dot",
                   .inputs = {real({33, 20}), real({20, 17}), real({17})},
                   .build = dense,
                   .dtypes = {float32, float64},
                   .tolerance = {.ulps = 8, .scale = 4},
                   .no_gradient = kNone});
  cases.push_back({.label = "fusion of a chain",
                   .inputs = {real({33, 17}), real({33, 17})},
                   .build = chain,
                   .dtypes = {float32, float64},
                   .tolerance = {.ulps = 8, .scale = 2},
                   .no_gradient = kNone});
}

}  // namespace cornu::op_cases
