// The integers of a network, as plain loops: what a chip will compute, computed here.
#include <algorithm>

#include "cornu/export/int8/network.h"

namespace cornu::int8_export {
namespace {

using Bytes = std::vector<std::int8_t>;

std::int8_t held(const Layer& l, std::int32_t value) {
  return static_cast<std::int8_t>(std::clamp(value, l.low, l.high));
}

// Calls f(image place, kernel tap) for each tap that lies on the image.
template <class F>
void each_tap(const Layer& l, std::int64_t row, std::int64_t column, const F& f) {
  for (std::int64_t r = 0; r < l.rows.size; ++r) {
    const std::int64_t y = l.rows.element(row, r, l.from[0]);
    if (y < 0) continue;
    for (std::int64_t c = 0; c < l.columns.size; ++c) {
      const std::int64_t x = l.columns.element(column, c, l.from[1]);
      if (x >= 0) f((y * l.from[1] + x) * l.from[2], r * l.columns.size + c);
    }
  }
}

std::int8_t product(const Layer& l, const Bytes& x, std::int32_t zero, std::int64_t row, std::int64_t column,
                    std::int64_t o) {
  const std::int64_t taps = l.rows.size * l.columns.size, inputs = l.from[2], features = l.to[2];
  const auto at = static_cast<std::size_t>(o);
  std::int32_t sum = l.biases[at];
  each_tap(l, row, column, [&](std::int64_t place, std::int64_t tap) {
    if (l.kind == Kind::kDepthwise) {
      sum += (x[static_cast<std::size_t>(place + o / (features / inputs))] - zero) *
             l.weights[static_cast<std::size_t>(tap * features + o)];
      return;
    }
    const std::int8_t *w = &l.weights[static_cast<std::size_t>((o * taps + tap) * inputs)],
                      *from = &x[static_cast<std::size_t>(place)];
    for (std::int64_t i = 0; i < inputs; ++i) sum += (from[i] - zero) * w[i];
  });
  return held(l, scaled(sum, l.factors[at]) + l.scale.zero);
}

std::int8_t pooled(const Layer& l, const Bytes& x, std::int64_t row, std::int64_t column, std::int64_t feature) {
  std::int32_t most = -128, sum = 0, count = 0;
  each_tap(l, row, column, [&](std::int64_t place, std::int64_t) {
    const std::int32_t value = x[static_cast<std::size_t>(place + feature)];
    most = std::max(most, value);
    sum += value;
    ++count;
  });
  if (l.kind == Kind::kMaxPool) return held(l, most);
  return held(l, (sum > 0 ? sum + count / 2 : sum - count / 2) / count);
}

Bytes images(const Layer& l, const Bytes& x, std::int32_t zero) {
  Bytes out;
  const bool pool = l.kind == Kind::kMaxPool || l.kind == Kind::kAveragePool;
  for (std::int64_t row = 0; row < l.to[0]; ++row)
    for (std::int64_t column = 0; column < l.to[1]; ++column)
      for (std::int64_t o = 0; o < l.to[2]; ++o)
        out.push_back(pool ? pooled(l, x, row, column, o) : product(l, x, zero, row, column, o));
  return out;
}

Bytes added(const Layer& l, const Bytes& a, const Scale& sa, const Bytes& b, const Scale& sb) {
  Bytes out;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const std::int64_t left = scaled(std::int64_t{a[i] - sa.zero} * (1 << 20), l.factors[0]);
    const std::int64_t right = scaled(std::int64_t{b[i] - sb.zero} * (1 << 20), l.factors[1]);
    out.push_back(held(l, scaled(left + right, l.factors[2]) + l.scale.zero));
  }
  return out;
}

Bytes softmax(const Layer& l, const Bytes& x) {
  Bytes out;
  const auto columns = static_cast<std::size_t>(l.to[2]);
  for (std::size_t row = 0; row < x.size(); row += columns) {
    const std::int8_t most = *std::max_element(x.begin() + static_cast<std::ptrdiff_t>(row),
                                               x.begin() + static_cast<std::ptrdiff_t>(row + columns));
    const auto exponential = [&](std::size_t i) -> std::uint64_t {
      const auto d = static_cast<std::size_t>(most - x[row + i]);
      return d < l.exponentials.size() ? l.exponentials[d] : 0;
    };
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < columns; ++i) sum += exponential(i);
    for (std::size_t i = 0; i < columns; ++i)
      out.push_back(held(l, static_cast<std::int32_t>((exponential(i) * 512 + sum) / (2 * sum)) - 128));
  }
  return out;
}

}  // namespace

std::vector<Bytes> interpret(const Network& network, const Bytes& input) {
  std::vector<Bytes> tensors = {input};
  for (const Layer& l : network.layers) {
    const Bytes& x = tensors[static_cast<std::size_t>(l.inputs[0])];
    const Scale& scale = network.scale(l.inputs[0]);
    switch (l.kind) {
      case Kind::kProduct:
      case Kind::kDepthwise:
      case Kind::kMaxPool:
      case Kind::kAveragePool: tensors.push_back(images(l, x, scale.zero)); break;
      case Kind::kAdd:
        tensors.push_back(
            added(l, x, scale, tensors[static_cast<std::size_t>(l.inputs[1])], network.scale(l.inputs[1])));
        break;
      case Kind::kTable: {
        Bytes out;
        for (const std::int8_t v : x) out.push_back(l.weights[static_cast<std::size_t>(v + 128)]);
        tensors.push_back(std::move(out));
        break;
      }
      case Kind::kSoftmax: tensors.push_back(softmax(l, x)); break;
    }
  }
  return tensors;
}

}  // namespace cornu::int8_export
