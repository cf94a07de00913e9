// Ops of one operand.
#include "cornu/core/text.h"
#include "cornu/ir/ops.h"
#include "tests/ops/op_case.h"

namespace cornu::op_cases {
namespace {

struct Unary {
  std::string name;
  Value (*op)(Value);
  std::vector<DType> dtypes;
  double low, high;  // random inputs
  double ulps;       // what other engines may miss by
  std::vector<double> at, expected;
};

// clang-format off: a table
const Unary kUnary[] = {
    {"abs", ops::abs, kSigned, -5, 5, 0, {-3, 0, 2, 7}, {3, 0, 2, 7}},
    {"ceil", ops::ceil, kFloats, -5, 5, 0, {-1.5, -0.25, 0.25, 2}, {-1, 0, 1, 2}},
    {"cosine",
     ops::cos,
     kFloats,
     -8,
     8,
     4,
     {-2, 0, 0.5, 3},
     {-0.4161468365471424, 1, 0.8775825618903728, -0.9899924966004454}},
    {"erf",
     ops::erf,
     kFloats,
     -4,
     4,
     4,
     {-1, 0, 0.5, 2},
     {-0.8427007929497149, 0, 0.5204998778130465, 0.9953222650189527}},
    {"exponential",
     ops::exp,
     kFloats,
     -9,
     9,
     4,
     {-2, 0, 0.5, 3},
     {0.1353352832366127, 1, 1.6487212707001282, 20.085536923187668}},
    {"exponential_minus_one",
     ops::expm1,
     kFloats,
     -9,
     9,
     4,
     {-2, 0, 0.5, 3},
     {-0.8646647167633873, 0, 0.6487212707001282, 19.085536923187668}},
    {"floor", ops::floor, kFloats, -5, 5, 0, {-1.5, -0.25, 0.25, 2}, {-2, -1, 0, 2}},
    {"log",
     ops::log,
     kFloats,
     0.01,
     9,
     4,
     {0.25, 1, 2, 10},
     {-1.3862943611198906, 0, 0.6931471805599453, 2.302585092994046}},
    {"log_plus_one",
     ops::log1p,
     kFloats,
     -0.9,
     9,
     4,
     {-0.5, 0, 1, 10},
     {-0.6931471805599453, 0, 0.6931471805599453, 2.3978952727983707}},
    {"logistic",
     ops::sigmoid,
     kFloats,
     -9,
     9,
     4,
     {-2, 0, 0.5, 3},
     {0.11920292202211755, 0.5, 0.6224593312018546, 0.9525741268224334}},
    {"negate", [](Value x) { return -x; }, kNumbers, -5, 5, 0, {}, {}},
    {"round_nearest_even", ops::round, kFloats, -5, 5, 0, {-1.5, -0.5, 0.5, 1.5, 2.5, 2.75}, {-2, 0, 0, 2, 2, 3}},
    {"rsqrt", ops::rsqrt, kFloats, 0.01, 9, 4, {0.25, 1, 2, 9}, {2, 1, 0.7071067811865476, 0.3333333333333333}},
    {"sign", ops::sign, kSigned, -5, 5, 0, {-3, 0, 2}, {-1, 0, 1}},
    {"sine",
     ops::sin,
     kFloats,
     -8,
     8,
     4,
     {-2, 0, 0.5, 3},
     {-0.9092974268256817, 0, 0.479425538604203, 0.1411200080598672}},
    {"sqrt", ops::sqrt, kFloats, 0.01, 9, 0, {0.25, 1, 2, 9}, {0.5, 1, 1.4142135623730951, 3}},
    {"stop_gradient", ops::stop_gradient, kAll, -5, 5, 0, {0, 1, 1}, {0, 1, 1}},
    {"tanh",
     ops::tanh,
     kFloats,
     -9,
     9,
     4,
     {-2, 0, 0.5, 3},
     {-0.9640275800758169, 0, 0.46211715726000974, 0.9950547536867305}},
};
// clang-format on

}  // namespace

void elementwise_cases(std::vector<OpCase>& cases) {
  for (const Unary& u : kUnary) {
    const auto op = u.op;
    const auto apply = [op](const Args& x) { return op(x[0]); };
    const std::string why = u.name == "stop_gradient" ? "it stops the gradient" : "";
    if (!u.expected.empty())
      cases.push_back({.label = cat(u.name, " numbers"),
                       .inputs = {numbers(u.at)},
                       .build = apply,
                       .dtypes = u.dtypes,
                       .tolerance = {u.ulps},
                       .expected = u.expected,
                       .no_gradient = "may stand on a corner"});
    for (const Shape& shape : kShapes)
      cases.push_back({.label = cat(u.name, " ", shape),
                       .inputs = {real(shape, u.low, u.high)},
                       .build = apply,
                       .dtypes = u.dtypes,
                       .tolerance = {u.ulps},
                       .no_gradient = why});
  }
  cases.push_back({.label = "negate numbers",
                   .inputs = {numbers({-3, 0, 2})},
                   .build = [](const Args& x) { return -x[0]; },
                   .dtypes = kSigned,
                   .expected = {3, 0, -2}});
  cases.push_back({.label = "negate wraps",
                   .inputs = {numbers({0, 1, 2}).as(uint8)},
                   .build = [](const Args& x) { return -x[0]; },
                   .dtypes = {uint8},
                   .expected = {0, 255, 254}});
  cases.push_back({.label = "not of bools",
                   .inputs = {numbers({0, 1})},
                   .build = [](const Args& x) { return ops::logical_not(x[0]); },
                   .dtypes = {bool_},
                   .expected = {1, 0}});
  cases.push_back({.label = "not of bits",
                   .inputs = {numbers({0, 1, -1, 5})},
                   .build = [](const Args& x) { return ops::logical_not(x[0]); },
                   .dtypes = kSignedIntegers,
                   .expected = {-1, -2, 0, -6}});
  for (const Shape& shape : kShapes)
    cases.push_back({.label = cat("not ", shape),
                     .inputs = {real(shape, -9, 9)},
                     .build = [](const Args& x) { return ops::logical_not(x[0]); },
                     .dtypes = kBits});
  for (const Shape& shape : kShapes)
    cases.push_back({.label = cat("is_finite ", shape),
                     .inputs = {real(shape)},
                     .build = [](const Args& x) { return ops::isfinite(x[0]); },
                     .dtypes = kFloats});
}

}  // namespace cornu::op_cases
