// What replicas do together. Engines run these cases as the only replica, where a sum over replicas is its operand;
// several replicas: cornu/distribution, tests/distribution.
#include "cornu/core/text.h"
#include "cornu/ir/ops.h"
#include "tests/ops/op_case.h"

namespace cornu::op_cases {

void collective_cases(std::vector<OpCase>& cases) {
  const auto all_reduce = [](const Args& x) { return ops::all_reduce(x[0]); };
  cases.push_back({.label = "all_reduce numbers",
                   .inputs = {numbers({1, 2, 3, 4, 5, 6}, {2, 3})},
                   .build = all_reduce,
                   .dtypes = kNumbers,
                   .expected = {1, 2, 3, 4, 5, 6}});
  for (const Shape& shape : kShapes)
    cases.push_back({.label = cat("all_reduce ", shape), .inputs = {real(shape)}, .build = all_reduce});
  cases.push_back({.label = "replica_id of the only one",
                   .build = [](const Args& x) { return ops::replica_id(x.builder) + 7.0; },
                   .dtypes = {uint32},
                   .expected = {7}});
  // Between a product and an update, which are one step without it.
  cases.push_back({.label = "all_reduce of a product",
                   .inputs = {real({33, 17}), real({33, 20}), real({17, 20})},
                   .build =
                       [](const Args& x) {
                         const Value product = ops::matmul(ops::transpose(x[0]), x[1]);
                         return x[2] - ops::all_reduce(product) * 0.125;
                       },
                   .tolerance = {.ulps = 32, .scale = 4}});
  cases.push_back({.label = "all_reduce of sums, twice",
                   .inputs = {real({33, 17})},
                   .build =
                       [](const Args& x) {
                         const Value mean = ops::all_reduce(ops::sum(x[0], {0})) / 33.0;
                         return ops::all_reduce(ops::sum(ops::square(x[0] - mean), {0}));
                       },
                   .tolerance = {.ulps = 32, .scale = 33}});
}

}  // namespace cornu::op_cases
