// Reductions and scans.
#include "cornu/core/text.h"
#include "cornu/ir/ops.h"
#include "tests/ops/op_case.h"

namespace cornu::op_cases {
namespace {

using ir::Reduction;

struct Fold {
  Shape shape;
  ir::Axes axes;
};
const Fold kFolds[] = {
    {{}, {}},
    {{33}, {0}},
    {{33, 17}, {1}},
    {{33, 17}, {0}},
    {{33, 17}, {0, 1}},
    {{0, 3}, {0}},
    {{0, 3}, {1}},
    {{3, 0}, {1}},
    {{1, 1}, {0}},
    {{2, 3, 4}, {1}},
    {{2, 3, 4}, {0, 2}},
    {{4, 5}, {}},
    {{2, 3, 1, 4, 2}, {1, 3}},
    {{3, 1000}, {1}},
};

std::function<Value(const Args&)> reduce(Reduction kind, ir::Axes axes) {
  return [=](const Args& x) { return x.builder.add(ir::Op::kReduce, {x[0]}, ir::ReduceAttributes{kind, axes}); };
}

struct Kind {
  Reduction kind;
  std::vector<DType> dtypes;
  double low, high;
  Tolerance tolerance;
  std::vector<double> expected;  // of {1, 2, 3 | 4, 0, 6} by rows
};
// clang-format off: a table
const Kind kKinds[] = {
    // What a running sum can lose grows with its size. Worst: 9 ulps, 1000 terms on the cpu engine's baseline.
    {Reduction::kSum, kNumbers, -1, 1, {16, 8}, {6, 10}}, {Reduction::kProduct, kNumbers, 0.8, 1.25, {64, 0}, {6, 0}},
    {Reduction::kMaximum, kNumbers, -9, 9, {}, {3, 6}},   {Reduction::kMinimum, kNumbers, -9, 9, {}, {1, 0}},
    {Reduction::kAnd, {bool_}, 0, 1, {}, {1, 0}},         {Reduction::kOr, {bool_}, 0, 1, {}, {1, 1}},
};
// clang-format on

void add_scans(std::vector<OpCase>& cases) {
  const auto cumsum = [](int axis) { return [=](const Args& x) { return ops::cumsum(x[0], axis); }; };
  const auto argmax = [](int axis) { return [=](const Args& x) { return ops::argmax(x[0], axis); }; };
  const Input table = numbers({1, 2, 3, 4, 0, 6}, {2, 3});
  cases.push_back({.label = "cumulative_sum numbers",
                   .inputs = {table},
                   .build = cumsum(1),
                   .dtypes = kNumbers,
                   .expected = {1, 3, 6, 4, 4, 10}});
  cases.push_back({.label = "cumulative_sum down",
                   .inputs = {table},
                   .build = cumsum(0),
                   .dtypes = kNumbers,
                   .expected = {1, 2, 3, 5, 2, 9}});
  cases.push_back({.label = "argmax numbers",
                   .inputs = {numbers({1, 3, 3, 4, 0, 4}, {2, 3})},
                   .build = argmax(1),
                   .dtypes = kNumbers,
                   .expected = {1, 0}});
  for (const Shape& shape : {Shape{33}, Shape{33, 17}, Shape{3, 1}, Shape{2, 3, 4}, Shape{0, 3}, Shape{2, 1, 3, 1, 5}})
    for (int axis = 0; axis < shape.rank(); ++axis) {
      cases.push_back({.label = cat("cumulative_sum ", shape, " axis ", axis),
                       .inputs = {real(shape)},
                       .build = cumsum(axis),
                       .dtypes = kNumbers,
                       .tolerance = {8, 8}});
      if (shape[axis] > 0)
        cases.push_back({.label = cat("argmax ", shape, " axis ", axis),
                         .inputs = {real(shape, -9, 9)},
                         .build = argmax(axis),
                         .dtypes = kNumbers});
    }
}

}  // namespace

void reduce_cases(std::vector<OpCase>& cases) {
  for (const Kind& k : kKinds) {
    cases.push_back({.label = cat("reduce ", name_of(k.kind), " numbers"),
                     .inputs = {numbers({1, 2, 3, 4, 0, 6}, {2, 3})},
                     .build = reduce(k.kind, {1}),
                     .dtypes = k.dtypes,
                     .tolerance = k.tolerance,
                     .expected = k.expected});
    for (const Fold& f : kFolds)
      cases.push_back({.label = cat("reduce ", name_of(k.kind), " ", f.shape, " axes ",
                                    Shape(ir::Dims(f.axes.begin(), f.axes.end()))),
                       .inputs = {real(f.shape, k.low, k.high)},
                       .build = reduce(k.kind, f.axes),
                       .dtypes = k.dtypes,
                       .tolerance = k.tolerance});
  }
  cases.push_back({.label = "reduce multiply with one zero",
                   .inputs = {numbers({2, 0, 3, 4})},
                   .build = reduce(Reduction::kProduct, {0}),
                   .dtypes = kFloats,
                   .expected = {0}});
  cases.push_back({.label = "reduce multiply with two zeros",
                   .inputs = {numbers({2, 0, 3, 0})},
                   .build = reduce(Reduction::kProduct, {0}),
                   .dtypes = kFloats,
                   .expected = {0}});
  add_scans(cases);
}

}  // namespace cornu::op_cases
