// NaN, infinities, zeros, overflow and underflow.
#include <limits>

#include "cornu/core/text.h"
#include "cornu/ir/ops.h"
#include "tests/ops/op_case.h"

namespace cornu::op_cases {
namespace {

const double kNan = std::numeric_limits<double>::quiet_NaN();
const double kInf = std::numeric_limits<double>::infinity();
const char kNone[] = "not finite";

struct Edge {
  std::string name;
  Value (*op)(Value);
  std::vector<double> expected;  // at NaN, +inf, -inf, 0
};
const Edge kEdges[] = {
    {"abs", ops::abs, {kNan, kInf, kInf, 0}},
    {"ceil", ops::ceil, {kNan, kInf, -kInf, 0}},
    {"cosine", ops::cos, {kNan, kNan, kNan, 1}},
    {"erf", ops::erf, {kNan, 1, -1, 0}},
    {"exponential", ops::exp, {kNan, kInf, 0, 1}},
    {"exponential_minus_one", ops::expm1, {kNan, kInf, -1, 0}},
    {"floor", ops::floor, {kNan, kInf, -kInf, 0}},
    {"is_finite", ops::isfinite, {0, 0, 0, 1}},
    {"log", ops::log, {kNan, kInf, kNan, -kInf}},
    {"log_plus_one", ops::log1p, {kNan, kInf, kNan, 0}},
    {"logistic", ops::sigmoid, {kNan, 1, 0, 0.5}},
    {"round_nearest_even", ops::round, {kNan, kInf, -kInf, 0}},
    {"rsqrt", ops::rsqrt, {kNan, 0, kNan, kInf}},
    {"sign", ops::sign, {kNan, 1, -1, 0}},
    {"sine", ops::sin, {kNan, kNan, kNan, 0}},
    {"sqrt", ops::sqrt, {kNan, kInf, kNan, 0}},
    {"tanh", ops::tanh, {kNan, 1, -1, 0}},
    {"relu", ops::relu, {kNan, kInf, 0, 0}},
    {"softplus", ops::softplus, {kNan, kInf, 0, 0.6931471805599453}},
};

void add_large_and_small(std::vector<OpCase>& cases) {
  const auto at = [&cases](const std::string& label, Value (*op)(Value), std::vector<double> xs, Tolerance tolerance) {
    cases.push_back({.label = label,
                     .inputs = {numbers(std::move(xs))},
                     .build = [op](const Args& x) { return op(x[0]); },
                     .tolerance = tolerance,
                     .no_gradient = "too steep or too flat for differences"});
  };
  // Results below 1e-38 may be flushed to 0: `scale` says so.
  at("exponential overflows and underflows", ops::exp, {88.5, 89, 200, -80, -88, -104, -1000}, {4, 1e-30});
  at("logistic at its ends", ops::sigmoid, {-80, -100, -1000, 17, 100, 1000}, {4, 1e-30});
  at("tanh at its ends and near 0", ops::tanh, {-100, -20, -9.5, 1e-3, -1e-6, 1e-20, 9.5, 20, 1000}, {4, 0});
  at("exponential_minus_one near 0", ops::expm1, {1e-3, -1e-6, 1e-20, -20, -200, 100}, {4, 0});
  at("log_plus_one near 0", ops::log1p, {1e-3, -1e-6, 1e-20, 1e20, -0.999}, {4, 0});
  at("log of large and small", ops::log, {1e-37, 1e38, 0.99999, 1.00001}, {4, 0});
  at("erf near 0 and far", ops::erf, {1e-20, -1e-6, 1e-3, 3.9, 4, 10, -10}, {4, 0});
  at("sine of large numbers", ops::sin, {100, -1000, 5000}, {4, 0.1});
  at("cosine of large numbers", ops::cos, {100, -1000, 5000}, {4, 0.1});
  at("rsqrt of large and small", ops::rsqrt, {1e-37, 1e38, 3e-20}, {4, 0});
}

void add_folds(std::vector<OpCase>& cases) {
  const auto with = [&cases](const std::string& label, std::vector<double> in, std::function<Value(Value)> op,
                             std::vector<double> expected) {
    cases.push_back({.label = label,
                     .inputs = {numbers(std::move(in))},
                     .build = [op](const Args& x) { return op(x[0]); },
                     .dtypes = kFloats,
                     .expected = std::move(expected),
                     .no_gradient = kNone});
  };
  with("max of a NaN", {1, kNan, 3}, [](Value x) { return ops::max(x); }, {kNan});
  with("min of a NaN in front", {kNan, 2, 3}, [](Value x) { return ops::min(x); }, {kNan});
  with("max of minus infinity", {-kInf, -kInf}, [](Value x) { return ops::max(x); }, {-kInf});
  with("sum of both infinities", {kInf, -kInf, 1}, [](Value x) { return ops::sum(x); }, {kNan});
  with("argmax of a NaN", {1, kNan, 3, kNan}, [](Value x) { return ops::argmax(x); }, {1});
  with("argmax of infinities", {-kInf, kInf, kInf}, [](Value x) { return ops::argmax(x); }, {1});
  with("logsumexp of minus infinity", {-kInf, -kInf}, [](Value x) { return ops::logsumexp(x); }, {-kInf});
  with("logsumexp with infinity", {kInf, 0}, [](Value x) { return ops::logsumexp(x); }, {kInf});
  with("softmax with a mask", {-kInf, 0, 0}, [](Value x) { return ops::softmax(x); }, {0, 0.5, 0.5});
  with("cumulative_sum after a NaN", {1, kNan, 2}, [](Value x) { return ops::cumsum(x); }, {1, kNan, kNan});
  with("0 times infinity", {kInf, kNan, -kInf}, [](Value x) { return x * 0.0; }, {kNan, kNan, kNan});
}

}  // namespace

void edge_cases(std::vector<OpCase>& cases) {
  for (const Edge& e : kEdges)
    cases.push_back({.label = cat(e.name, " at NaN, infinities and 0"),
                     .inputs = {numbers({kNan, kInf, -kInf, 0})},
                     .build = [op = e.op](const Args& x) { return op(x[0]); },
                     .dtypes = kFloats,
                     .tolerance = {.ulps = 1},
                     .expected = e.expected,
                     .no_gradient = kNone});
  add_large_and_small(cases);
  add_folds(cases);
  const Input left = numbers({kNan, 1, kInf, -kInf, kNan}), right = numbers({1, kNan, kInf, kInf, kNan});
  const auto both = [&](const std::string& label, Value (*op)(Value, Value), std::vector<double> expected) {
    cases.push_back({.label = label,
                     .inputs = {left, right},
                     .build = [op](const Args& x) { return op(x[0], x[1]); },
                     .dtypes = kFloats,
                     .expected = std::move(expected),
                     .no_gradient = kNone});
  };
  both("maximum of NaN and infinities", ops::maximum, {kNan, kNan, kInf, kInf, kNan});
  both("minimum of NaN and infinities", ops::minimum, {kNan, kNan, kInf, -kInf, kNan});
  both("equal of NaN and infinities", ops::equal, {0, 0, 1, 0, 0});
  both("not_equal of NaN and infinities", ops::not_equal, {1, 1, 0, 1, 1});
  both("less of NaN and infinities", ops::less, {0, 0, 0, 1, 0});
  both("greater_equal of NaN and infinities", ops::greater_equal, {0, 0, 1, 0, 0});
  both("subtract of NaN and infinities", [](Value a, Value b) { return a - b; }, {kNan, kNan, kNan, -kInf, kNan});
  cases.push_back({.label = "power at its corners",
                   .inputs = {numbers({0, 0, -2, 4, kInf, 2, -8}), numbers({0, 2, 3, 0.5, 0, -1, 0.5})},
                   .build = [](const Args& x) { return ops::power(x[0], x[1]); },
                   .dtypes = kFloats,
                   .tolerance = {.ulps = 1},
                   .expected = {1, 0, -8, 2, 1, 0.5, kNan},
                   .no_gradient = kNone});
  cases.push_back({.label = "division by zero",
                   .inputs = {numbers({1, -1, 0}), numbers({0, 0, 0})},
                   .build = [](const Args& x) { return x[0] / x[1]; },
                   .dtypes = kFloats,
                   .expected = {kInf, -kInf, kNan},
                   .no_gradient = kNone});
}

}  // namespace cornu::op_cases
