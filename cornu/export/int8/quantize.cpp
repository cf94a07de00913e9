// Scales and whole numbers, by TFLite's rules.
#include <algorithm>
#include <cmath>

#include "cornu/core/error.h"
#include "cornu/export/int8/network.h"
#include "cornu/passes/fold.h"

namespace cornu::int8_export {
namespace {

// The range with 0 in it, on 256 steps; in float32, as the converter has it.
Scale scale_of(Range r) {
  const float low = std::min(r.low, 0.0f), high = std::max(r.high, 0.0f);
  if (high == low) return {1.0f / 255, -128};
  const float scale = (high - low) / 255.0f;
  const double zero = std::round(-128.0 - static_cast<double>(low) / static_cast<double>(scale));
  return {scale, static_cast<std::int32_t>(std::clamp(zero, -128.0, 127.0))};
}

std::int8_t rounded(double value) { return static_cast<std::int8_t>(std::clamp(std::round(value), -127.0, 127.0)); }

// Kernels are (rows, columns, inputs, outputs); each output is symmetric by itself.
void quantize_product(Layer& l, const Scale& in) {
  const bool depthwise = l.kind == Kind::kDepthwise;
  const std::int64_t taps = l.kernel.dim(0) * l.kernel.dim(1), inputs = l.kernel.dim(2), outputs = l.kernel.dim(3);
  const float* w = l.kernel.data<float>();
  l.weights.assign(static_cast<std::size_t>(l.kernel.size()), 0);
  for (std::int64_t o = 0; o < l.to.back(); ++o) {
    // A depthwise result feature is (input, multiple); its filter is that pair's.
    const std::int64_t first = depthwise ? o / outputs : 0, last = depthwise ? first + 1 : inputs,
                       out = depthwise ? o % outputs : o;
    float most = 0;
    for (std::int64_t t = 0; t < taps; ++t)
      for (std::int64_t i = first; i < last; ++i) most = std::max(most, std::fabs(w[(t * inputs + i) * outputs + out]));
    const float scale = most > 0 ? most / 127.0f : 1.0f;
    for (std::int64_t t = 0; t < taps; ++t)
      for (std::int64_t i = first; i < last; ++i) {
        const std::int64_t to = depthwise ? t * l.to.back() + o : (o * taps + t) * inputs + i;
        l.weights[static_cast<std::size_t>(to)] =
            rounded(static_cast<double>(w[(t * inputs + i) * outputs + out] / scale));
      }
    const double step = static_cast<double>(in.scale) * static_cast<double>(scale);
    const double bias = l.bias.size() > 0 ? static_cast<double>(l.bias.data<float>()[o]) / step : 0;
    l.biases.push_back(static_cast<std::int32_t>(std::clamp(std::round(bias), -2147483648.0, 2147483647.0)));
    l.factors.push_back(factor_of(step / static_cast<double>(l.scale.scale)));
  }
}

// The result's and the operands' numbers meet on one finer scale, so that rounding happens once at the end.
void quantize_addition(Layer& l, const Scale& a, const Scale& b) {
  const double widest = 2.0 * static_cast<double>(std::max(a.scale, b.scale));
  l.factors = {factor_of(static_cast<double>(a.scale) / widest), factor_of(static_cast<double>(b.scale) / widest),
               factor_of(widest / (static_cast<double>(1 << 20) * static_cast<double>(l.scale.scale)))};
}

void quantize_softmax(Layer& l, const Scale& in) {
  l.scale = {1.0f / 256, -128};
  for (int d = 0; d < 256; ++d) {
    const double e = std::round(std::ldexp(std::exp(-static_cast<double>(in.scale) * d), 23));
    if (e < 512) break;  // under 1/64 of a step of the result
    l.exponentials.push_back(static_cast<std::uint32_t>(e));
  }
}

// The op's answer to each of the 256 inputs that there are.
void quantize_table(Layer& l, const Scale& in) {
  Tensor x = Tensor::empty({256}, float32);
  for (int q = -128; q < 128; ++q) x.mutable_data<float>()[q + 128] = in.scale * static_cast<float>(q - in.zero);
  std::vector<Tensor> operands;
  for (const std::optional<double>& number : l.operands) operands.push_back(number ? Tensor::full({256}, *number) : x);
  const std::optional<Tensor> y = passes::fold(l.op, {float32, {256}}, operands);
  if (!y) throw NotSupportedError(cat("no int8 table for ", l.name));
  for (std::int64_t i = 0; i < 256; ++i) {
    const double q = std::round(y->at(i) / static_cast<double>(l.scale.scale)) + l.scale.zero;
    l.weights.push_back(static_cast<std::int8_t>(std::isnan(q) ? l.scale.zero : std::clamp(q, -128.0, 127.0)));
  }
}

}  // namespace

Factor factor_of(double real) {
  int exponent = 0;
  const double mantissa = std::frexp(real, &exponent);
  auto multiplier = static_cast<std::int64_t>(std::round(std::ldexp(mantissa, 31)));
  if (multiplier == std::int64_t{1} << 31) {
    multiplier /= 2;
    ++exponent;
  }
  if (exponent < -31 || real == 0) return {0, 31};
  if (exponent > 30) throw ValueError("a layer's numbers are too large for int8");
  return {static_cast<std::int32_t>(multiplier), 31 - exponent};
}

void quantize(Network& network, const std::vector<Range>& ranges) {
  network.input = scale_of(ranges.at(0));
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    Layer& l = network.layers[i];
    const Scale in = network.scale(l.inputs[0]);
    l.scale = scale_of(ranges.at(i + 1));
    switch (l.kind) {
      case Kind::kMaxPool:
      case Kind::kAveragePool: l.scale = in; break;
      case Kind::kProduct:
      case Kind::kDepthwise: quantize_product(l, in); break;
      case Kind::kAdd: quantize_addition(l, in, network.scale(l.inputs[1])); break;
      case Kind::kTable:
        if (l.name == "logistic") l.scale = {1.0f / 256, -128};
        if (l.name == "tanh") l.scale = {1.0f / 128, 0};
        quantize_table(l, in);
        break;
      case Kind::kSoftmax: quantize_softmax(l, in); break;
    }
    if (l.relu) l.low = l.scale.zero;
    if (l.relu && l.ceiling > 0)
      l.high =
          std::min(127, l.scale.zero + static_cast<int>(std::round(l.ceiling / static_cast<double>(l.scale.scale))));
  }
}

std::vector<std::int8_t> quantized(const float* values, std::int64_t count, const Scale& scale) {
  std::vector<std::int8_t> out;
  for (std::int64_t i = 0; i < count; ++i) {
    const double q = std::round(static_cast<double>(values[i]) / static_cast<double>(scale.scale)) + scale.zero;
    out.push_back(static_cast<std::int8_t>(std::clamp(q, -128.0, 127.0)));
  }
  return out;
}

}  // namespace cornu::int8_export
