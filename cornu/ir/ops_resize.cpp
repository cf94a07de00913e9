// Images of another size: each axis by a matrix product with weights that are known when the graph is made. The weights
// are TensorFlow's, step by step in float32, since its rounding decides which table entry or neighbour it takes.
#include <algorithm>
#include <array>
#include <cmath>

#include "cornu/core/error.h"
#include "cornu/ir/ops.h"

namespace cornu::ops {
namespace {

// Weights of one output element: of input elements `first`, `first + 1`, ...
struct Span {
  std::int64_t first = 0;
  std::vector<float> weights;
};

// Pixels are squares whose centres are at 0.5, 1.5, ...
float source_of(std::int64_t i, float scale) { return (static_cast<float>(i) + 0.5f) * scale - 0.5f; }

Span nearest(std::int64_t i, std::int64_t n, float scale) {
  const auto at = static_cast<std::int64_t>(std::floor((static_cast<float>(i) + 0.5f) * scale));
  return {std::clamp<std::int64_t>(at, 0, n - 1), {1.0f}};
}

Span bilinear(std::int64_t i, std::int64_t n, float scale) {
  const float at = source_of(i, scale), floor = std::floor(at);
  const std::int64_t lower = std::max<std::int64_t>(static_cast<std::int64_t>(floor), 0);
  const std::int64_t upper = std::min<std::int64_t>(static_cast<std::int64_t>(std::ceil(at)), n - 1);
  if (upper <= lower) return {lower, {1.0f}};
  return {lower, {1.0f - (at - floor), at - floor}};
}

void normalize(Span& span) {
  float sum = 0;
  for (const float w : span.weights) sum += w;
  if (std::fabs(sum) >= 1000.0f * std::numeric_limits<float>::min())
    for (float& w : span.weights) w *= 1.0f / sum;
}

// Keys' cubic, in TensorFlow's table of 1024 steps; what lies outside of the image counts nothing.
Span bicubic(std::int64_t i, std::int64_t n, float scale) {
  constexpr int kSteps = 1024;
  constexpr double kA = -0.5;
  const auto near = [](double x) { return static_cast<float>(((kA + 2) * x - (kA + 3)) * x * x + 1); };
  const auto far = [](double x) { return static_cast<float>(((kA * x - 5 * kA) * x + 8 * kA) * x - 4 * kA); };
  const float at = source_of(i, scale), floor = std::floor(at);
  const auto step = static_cast<double>(std::lrintf((at - floor) * kSteps)) / kSteps;
  const std::array<float, 4> weights = {far(step + 1), near(step), near(1 - step), far(2 - step)};
  Span out;
  const std::int64_t first = static_cast<std::int64_t>(floor) - 1;
  out.first = std::max<std::int64_t>(first, 0);
  for (std::int64_t k = 0; k < 4; ++k)
    if (first + k >= 0 && first + k < n) out.weights.push_back(weights[static_cast<std::size_t>(k)]);
  normalize(out);
  return out;
}

float lanczos_at(float x, float radius) {
  constexpr float kPi = 3.14159265359f;
  x = std::fabs(x);
  if (x > radius) return 0.0f;
  if (x <= 1e-3f) return 1.0f;
  return radius * std::sin(kPi * x) * std::sin(kPi * x / radius) / (kPi * kPi * x * x);
}

Span lanczos(std::int64_t i, std::int64_t n, float scale, float radius) {
  const float at = (static_cast<float>(i) + 0.5f) * scale;
  const auto inside = [n](float x) { return std::clamp<std::int64_t>(static_cast<std::int64_t>(x), 0, n - 1); };
  Span out;
  out.first = inside(std::ceil(at - radius - 0.5f));
  const std::int64_t end = inside(std::floor(at + radius - 0.5f)) + 1;
  for (std::int64_t k = out.first; k < end; ++k)
    out.weights.push_back(lanczos_at(static_cast<float>(k) + 0.5f - at, radius));
  normalize(out);
  return out;
}

Span span_of(const std::string& interpolation, std::int64_t i, std::int64_t n, std::int64_t places) {
  const float scale = static_cast<float>(n) / static_cast<float>(places);
  if (interpolation == "nearest") return nearest(i, n, scale);
  if (interpolation == "bilinear") return bilinear(i, n, scale);
  if (interpolation == "bicubic") return bicubic(i, n, scale);
  return lanczos(i, n, scale, interpolation == "lanczos3" ? 3.0f : 5.0f);
}

// (places, length): row i says what element i of the result is made of.
Tensor weights_of(const std::string& interpolation, std::int64_t length, std::int64_t places) {
  Tensor out = Tensor::full({places, length}, 0.0, float32);
  for (std::int64_t i = 0; i < places; ++i) {
    const Span span = span_of(interpolation, i, length, places);
    std::copy(span.weights.begin(), span.weights.end(), out.mutable_data<float>() + i * length + span.first);
  }
  return out;
}

Value resize_axis(Value x, int axis, std::int64_t places, const std::string& interpolation) {
  if (x.dim(axis) == places) return x;
  if (x.dim(axis) == 0)
    throw ValueError(cat("[resize] received: an image of shape ", x.shape(), "\n  expected: pixels"));
  const Value weights = cast(constant(x.builder(), weights_of(interpolation, x.dim(axis), places)), x.dtype());
  const Value made = dot_general(weights, x, {{}, {}, {1}, {axis}});  // the new axis comes first
  std::vector<int> order;
  for (int i = 1; i <= axis; ++i) order.push_back(i);
  order.push_back(0);
  for (int i = axis + 1; i < x.rank(); ++i) order.push_back(i);
  return transpose(made, order);
}

}  // namespace

void check_interpolation(const std::string& interpolation, std::string_view what) {
  for (const char* known : {"nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"})
    if (interpolation == known) return;
  throw ValueError(cat("[", what, "] received: interpolation=\"", interpolation,
                       "\"\n  expected: nearest, bilinear, bicubic, lanczos3 or lanczos5"));
}

Value resize(Value images, std::int64_t height, std::int64_t width, const std::string& interpolation,
             bool channels_first) {
  check_interpolation(interpolation, "resize");
  if (images.rank() != 4 || height < 1 || width < 1)
    throw ValueError(cat("[resize] received: images of shape ", images.shape(), " to ", height, " x ", width,
                         "\n  expected: images of rank 4 and a size of at least 1 x 1"));
  if (!is_floating(images.dtype())) images = cast(images, float32);
  const int first = channels_first ? 2 : 1;
  return resize_axis(resize_axis(images, first, height, interpolation), first + 1, width, interpolation);
}

Value repeat(Value x, std::int64_t times, int axis) {
  const int a = canonical_axis(axis, x.rank(), "repeat");
  if (times < 0) throw ValueError(cat("[repeat] received: ", times, " times\n  expected: at least 0"));
  if (times == 1) return x;
  Shape spread = x.shape(), out = x.shape();
  out[a] *= times;
  spread.insert(a + 1, times);
  return reshape(broadcast_to(expand_dims(x, a + 1), spread), out);
}

}  // namespace cornu::ops
