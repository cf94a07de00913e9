// Conversions between every two dtypes.
#include <limits>

#include "cornu/core/text.h"
#include "cornu/ir/ops.h"
#include "tests/ops/op_case.h"

namespace cornu::op_cases {

void convert_cases(std::vector<OpCase>& cases) {
  for (const DType to : kAll) {
    const auto apply = [to](const Args& x) {
      return x.builder.add_typed(ir::Op::kConvert, {x[0]}, {}, {to, x[0].shape()});
    };
    // Numbers that every type can hold, so that nothing depends on what happens at its ends.
    cases.push_back({.label = cat("convert to ", name_of(to)),
                     .inputs = {real({33, 3}, 0, 100)},
                     .build = apply,
                     .dtypes = kAll,
                     .tolerance = {is_floating(to) ? 1.0 : 0.0},
                     .no_gradient = "16 bits are too coarse for differences"});
  }
  const auto convert = [&cases](const std::string& label, std::vector<double> from, DType from_type, DType to,
                                std::vector<double> expected) {
    cases.push_back({.label = label,
                     .inputs = {numbers(std::move(from))},
                     .build = [to](const Args& x) { return ops::cast(x[0], to); },
                     .dtypes = {from_type},
                     .expected = std::move(expected),
                     .no_gradient = "steps"});
  };
  convert("convert towards zero", {-1.75, -0.5, 0.5, 1.75}, float32, int32, {-1, 0, 0, 1});
  convert("convert beyond the ends", {1e10, -1e10, std::numeric_limits<double>::quiet_NaN()}, float32, int32,
          {2147483647.0, -2147483648.0, 0});
  convert("convert negative to unsigned", {-1, 300}, float32, uint8, {0, 255});
  convert("convert integers keeps the low bits", {300, -1, 128}, int32, int8, {44, -1, -128});
  convert("convert to bool is not zero", {0, 0.25, -2, std::numeric_limits<double>::quiet_NaN()}, float32, bool_,
          {0, 1, 1, 1});
  convert("convert rounds to even", {2049, 2051, 65520}, float32, float16,
          {2048, 2052, std::numeric_limits<double>::infinity()});
  convert("convert to bfloat16 rounds to even", {257, 259}, float32, bfloat16, {256, 260});
  cases.push_back({.label = "convert float64 to float32 and back",
                   .inputs = {real({5})},
                   .build = [](const Args& x) { return ops::cast(ops::cast(x[0], float32), x.dtype); },
                   .dtypes = {float64},
                   .tolerance = {0},
                   .no_gradient = "float32 is too coarse for differences"});
}

}  // namespace cornu::op_cases
