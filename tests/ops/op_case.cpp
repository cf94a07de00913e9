#include "tests/ops/op_case.h"

#include <cmath>
#include <limits>

#include "cornu/core/random.h"
#include "cornu/core/text.h"
#include "cornu/grad/gradients.h"
#include "cornu/ir/ops.h"

namespace cornu::op_cases {

Input real(Shape shape, double low, double high) { return {.shape = std::move(shape), .low = low, .high = high}; }
Input bools(Shape shape) { return real(std::move(shape), 0, 1).as(bool_); }
Input numbers(std::vector<double> values) {
  const auto n = static_cast<std::int64_t>(values.size());
  return numbers(std::move(values), Shape{n});
}
Input numbers(std::vector<double> values, Shape shape) {
  return {.shape = std::move(shape), .values = std::move(values)};
}

const std::vector<OpCase>& all_cases() {
  static const std::vector<OpCase> cases = [] {
    std::vector<OpCase> all;
    for (const auto add :
         {elementwise_cases, binary_cases, convert_cases, shape_cases, reduce_cases, dot_cases, window_cases,
          index_cases, collective_cases, source_cases, fusion_cases, composite_cases, edge_cases})
      add(all);
    return all;
  }();
  return cases;
}

namespace {

Tensor fill(const Input& input, DType dtype, RandomStream& random) {
  std::vector<double> values = input.values;
  const double low = is_unsigned_integer(dtype) ? std::max(input.low, 0.0) : input.low;
  if (values.empty())
    for (std::int64_t i = 0; i < input.shape.size(); ++i) {
      const double x = random.uniform(low, input.high);
      values.push_back(dtype == bool_ ? double(random.below(2)) : is_floating(dtype) ? x : std::round(x));
    }
  return Tensor::from(values, input.shape).astype(dtype);
}

// Everything but the graph's outputs.
struct Parts {
  std::vector<Value> parameters;
  Value result;
  std::vector<Tensor> inputs;
};

Parts make_parts(const OpCase& op_case, DType dtype, Builder& builder) {
  Parts parts;
  std::uint64_t seed = 0;
  for (const char c : op_case.label) seed = seed * 31 + static_cast<unsigned char>(c);
  RandomStream random(seed);
  for (const Input& input : op_case.inputs) {
    const DType d = input.dtype.value_or(dtype);
    parts.inputs.push_back(fill(input, d, random));
    parts.parameters.push_back(builder.parameter(cat("x", parts.parameters.size()), input.shape, d));
  }
  parts.result = op_case.build({builder, dtype, parts.parameters});
  return parts;
}

double last_place(DType dtype, double at) {
  if (!is_floating(dtype)) return 1;
  const int digits = dtype == float64 ? 53 : dtype == float32 ? 24 : dtype == float16 ? 11 : 8;
  const int smallest = dtype == float64 ? -1022 : dtype == float16 ? -14 : -126;
  int exponent = 0;
  std::frexp(at, &exponent);
  return std::ldexp(1.0, std::max(exponent - 1, smallest) - digits + 1);
}

double ulps_at(const Tensor& expected, const Tensor& actual, std::int64_t i, double scale) {
  const double e = expected.at(i), a = actual.at(i);
  if (std::isnan(e) || std::isnan(a))
    return std::isnan(e) && std::isnan(a) ? 0 : std::numeric_limits<double>::infinity();
  if (e == a) return 0;
  if (std::isinf(e) || std::isinf(a)) return std::numeric_limits<double>::infinity();
  return std::fabs(e - a) / last_place(expected.dtype(), std::max(std::fabs(e), scale));
}

}  // namespace

Built build(const OpCase& op_case, DType dtype) {
  Builder builder;
  Parts parts = make_parts(op_case, dtype, builder);
  builder.output(parts.result);
  return {builder.graph(), std::move(parts.inputs)};
}

std::optional<Built> build_gradient(const OpCase& op_case, DType dtype) {
  Builder builder;
  Parts parts = make_parts(op_case, dtype, builder);
  std::vector<Value> xs;
  for (const Value& x : parts.parameters)
    if (is_floating(x.dtype())) xs.push_back(x);
  if (xs.empty() || !is_floating(parts.result.dtype())) return std::nullopt;
  RandomStream random(7);
  const Tensor weights = fill(real(parts.result.shape(), 0.5, 1.5), parts.result.dtype(), random);
  const Value loss = ops::sum(parts.result * ops::constant(builder, weights));
  builder.output(loss);
  for (const Value& g : gradients(loss, xs)) builder.output(g);
  return Built{builder.graph(), std::move(parts.inputs)};
}

double worst_ulps(const Tensor& expected, const Tensor& actual, double scale) {
  double worst = 0;
  for (std::int64_t i = 0; i < expected.size(); ++i) worst = std::max(worst, ulps_at(expected, actual, i, scale));
  return worst;
}

std::string difference(const Tensor& expected, const Tensor& actual, Tolerance tolerance) {
  if (expected.shape() != actual.shape() || expected.dtype() != actual.dtype())
    return cat("expected ", name_of(expected.dtype()), " ", expected.shape(), ", got ", name_of(actual.dtype()), " ",
               actual.shape());
  double worst = tolerance.ulps;
  std::int64_t where = -1;
  for (std::int64_t i = 0; i < expected.size(); ++i) {
    const double ulps = ulps_at(expected, actual, i, tolerance.scale);
    if (ulps > worst) {
      worst = ulps;
      where = i;
    }
  }
  if (where < 0) return "";
  return cat("element ", where, " of ", expected.shape(), ": expected ", repr(expected.at(where)), ", got ",
             repr(actual.at(where)), ": ", worst, " ulps, allowed are ", tolerance.ulps);
}

}  // namespace cornu::op_cases
