// Ops of two and three operands.
#include "cornu/core/text.h"
#include "cornu/ir/ops.h"
#include "tests/ops/op_case.h"

namespace cornu::op_cases {
namespace {

using ir::Op;

struct Binary {
  std::string name;
  Op op;
  std::vector<DType> dtypes;
  double low, high;  // of the first; the second is in [1, high], so that divisors are not 0
  double ulps;
  std::vector<double> a, b, expected;
};

const Binary kBinary[] = {
    {"add", Op::kAdd, kNumbers, -5, 5, 0, {1, 2, 3}, {10, 20, 30}, {11, 22, 33}},
    {"and", Op::kAnd, kBits, -9, 9, 0, {0, 0, 1, 1}, {0, 1, 0, 1}, {0, 0, 0, 1}},
    {"divide", Op::kDivide, kNumbers, -9, 9, 0, {6, 9, 0}, {2, 3, 4}, {3, 3, 0}},
    {"maximum", Op::kMaximum, kNumbers, -9, 9, 0, {1, 5, 2}, {3, 4, 2}, {3, 5, 2}},
    {"minimum", Op::kMinimum, kNumbers, -9, 9, 0, {1, 5, 2}, {3, 4, 2}, {1, 4, 2}},
    {"multiply", Op::kMultiply, kNumbers, -5, 5, 0, {1, 2, 3}, {4, 5, 6}, {4, 10, 18}},
    {"or", Op::kOr, kBits, -9, 9, 0, {0, 0, 1, 1}, {0, 1, 0, 1}, {0, 1, 1, 1}},
    {"power", Op::kPower, kNumbers, 0.1, 3, 4, {2, 3, 1, 0}, {3, 2, 0, 0}, {8, 9, 1, 1}},
    {"remainder", Op::kRemainder, kNumbers, -9, 9, 0, {7, 6, 0}, {4, 3, 5}, {3, 0, 0}},
    {"subtract", Op::kSubtract, kNumbers, -5, 5, 0, {10, 20, 30}, {1, 2, 3}, {9, 18, 27}},
    {"xor", Op::kXor, kBits, -9, 9, 0, {0, 0, 1, 1}, {0, 1, 0, 1}, {0, 1, 1, 0}},
};

void add_whole_numbers(std::vector<OpCase>& cases) {
  const auto with = [&cases](const std::string& label, Op op, std::vector<double> a, std::vector<double> b, DType dtype,
                             std::vector<double> expected) {
    cases.push_back({.label = label,
                     .inputs = {numbers(std::move(a)), numbers(std::move(b))},
                     .build =
                         [op](const Args& x) {
                           return x.builder.add(op, {x[0], x[1]});
                         },
                     .dtypes = {dtype},
                     .expected = std::move(expected)});
  };
  with("add wraps", Op::kAdd, {127, -128, 100}, {1, -1, 100}, int8, {-128, 127, -56});
  with("subtract wraps", Op::kSubtract, {0, 5}, {1, 6}, uint8, {255, 255});
  with("multiply wraps", Op::kMultiply, {65536, -65536}, {65536, 32768}, int32, {0, -2147483648.0});
  with("divide truncates; by zero has all bits set", Op::kDivide, {7, -7, 7, -128}, {-2, 2, 0, -1}, int8,
       {-3, -3, -1, -128});
  with("divide unsigned by zero", Op::kDivide, {7}, {0}, uint16, {65535});
  with("remainder has the sign of the dividend; by zero is the dividend", Op::kRemainder, {7, -7, 7, -128},
       {-2, 2, 0, -1}, int8, {1, -1, 7, 0});
  with("power of whole numbers", Op::kPower, {2, -3, 2, 1, -1, -1, 0}, {10, 3, -1, -5, -5, -4, 0}, int32,
       {1024, -27, 0, 1, -1, 1, 1});
  with("xor of bits", Op::kXor, {12, -1}, {10, 5}, int64, {6, -6});
}

void add_comparisons(std::vector<OpCase>& cases) {
  const std::vector<double> expected[] = {{0, 1, 0}, {1, 0, 1}, {1, 0, 0}, {1, 1, 0}, {0, 0, 1}, {0, 1, 1}};
  for (int d = 0; d < 6; ++d) {
    const auto direction = static_cast<ir::Comparison>(d);
    const auto apply = [direction](const Args& x) {
      return x.builder.add(Op::kCompare, {x[0], x[1]}, ir::CompareAttributes{direction});
    };
    cases.push_back({.label = cat("compare ", name_of(direction), " numbers"),
                     .inputs = {numbers({1, 2, 3}), numbers({2, 2, 2})},
                     .build = apply,
                     .dtypes = kNumbers,
                     .expected = expected[d]});
    for (const Shape& shape : kShapes)
      cases.push_back({.label = cat("compare ", name_of(direction), " ", shape),
                       .inputs = {real(shape, 0, 3), real(shape, 0, 3)},
                       .build = apply,
                       .dtypes = kAll});
  }
}

}  // namespace

void binary_cases(std::vector<OpCase>& cases) {
  for (const Binary& b : kBinary) {
    const Op op = b.op;
    const auto apply = [op](const Args& x) { return x.builder.add(op, {x[0], x[1]}); };
    cases.push_back({.label = cat(b.name, " numbers"),
                     .inputs = {numbers(b.a), numbers(b.b)},
                     .build = apply,
                     .dtypes = b.dtypes,
                     .tolerance = {b.ulps},
                     .expected = b.expected,
                     .no_gradient = "may stand on a corner"});
    for (const Shape& shape : kShapes)
      cases.push_back({.label = cat(b.name, " ", shape),
                       .inputs = {real(shape, b.low, b.high), real(shape, 1, b.high)},
                       .build = apply,
                       .dtypes = b.dtypes,
                       .tolerance = {b.ulps}});
  }
  add_whole_numbers(cases);
  add_comparisons(cases);
  cases.push_back({.label = "power with a constant exponent",
                   .inputs = {real({33}, -2, 2)},
                   .build = [](const Args& x) { return ops::power(x[0], 3.0); },
                   .dtypes = kFloats,
                   .tolerance = {4}});
  cases.push_back({.label = "select numbers",
                   .inputs = {numbers({1, 0, 1}).as(bool_), numbers({1, 2, 3}), numbers({4, 5, 6})},
                   .build = [](const Args& x) { return ops::where(x[0], x[1], x[2]); },
                   .dtypes = kNumbers,
                   .expected = {1, 5, 3}});
  for (const Shape& shape : kShapes)
    cases.push_back({.label = cat("select ", shape),
                     .inputs = {bools(shape), real(shape), real(shape)},
                     .build = [](const Args& x) { return ops::where(x[0], x[1], x[2]); },
                     .dtypes = kAll});
}

}  // namespace cornu::op_cases
