// Values out of nothing.
#include "cornu/core/text.h"
#include "cornu/ir/ops.h"
#include "tests/ops/op_case.h"

namespace cornu::op_cases {

void source_cases(std::vector<OpCase>& cases) {
  cases.push_back({.label = "constant",
                   .build =
                       [](const Args& x) {
                         return ops::constant(x.builder, Tensor::from<double>({1, 0, 1}, {3, 1}).astype(x.dtype));
                       },
                   .dtypes = kAll,
                   .expected = {1, 0, 1}});
  cases.push_back({.label = "constant of nothing",
                   .build =
                       [](const Args& x) {
                         return ops::constant(x.builder, Tensor(Shape{0, 2}, x.dtype));
                       },
                   .dtypes = kAll});
  cases.push_back({.label = "iota numbers",
                   .build =
                       [](const Args& x) {
                         return ops::iota(x.builder, {2, 3}, 1, x.dtype);
                       },
                   .dtypes = kNumbers,
                   .expected = {0, 1, 2, 0, 1, 2}});
  for (const Shape& shape : kShapes)
    for (int axis = 0; axis < shape.rank(); ++axis)
      cases.push_back({.label = cat("iota ", shape, " axis ", axis),
                       .build = [=](const Args& x) { return ops::iota(x.builder, shape, axis, x.dtype); },
                       .dtypes = kNumbers});

  // Made by Philox 4x32-10 in Python, from the paper: counter (block, 0, draw, 0), key (seed, 0), the upper 24 bits.
  const auto random = [](Shape shape) { return [=](const Args& x) { return ops::random_uniform(x[0], shape); }; };
  const Input state = numbers({1337, 5}).as(uint32);
  cases.push_back({.label = "random_uniform numbers",
                   .inputs = {state},
                   .build = random({2, 4}),
                   .expected = {0.3111312985420227, 0.5937600135803223, 0.09935200214385986, 0.8047290444374084,
                                0.6812208890914917, 0.8945441246032715, 0.6548283696174622, 0.13578206300735474}});
  for (const Shape& shape : {Shape{}, Shape{0}, Shape{1}, Shape{33}, Shape{33, 17}, Shape{1030}})
    cases.push_back({.label = cat("random_uniform ", shape), .inputs = {state}, .build = random(shape)});
  cases.push_back({.label = "random_uniform of a large state",
                   .inputs = {numbers({4294967295.0, 4294967295.0}).as(uint32)},
                   .build = random({7})});
  cases.push_back({.label = "random_normal",
                   .inputs = {state},
                   .build = [](const Args& x) { return ops::random_normal(x[0], {33}); },
                   .tolerance = {.ulps = 16, .scale = 1}});
}

}  // namespace cornu::op_cases
