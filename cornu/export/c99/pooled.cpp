// A max pooling together with the convolution before it: all places of the pool at once, so that each weight is read
// once for them, and the largest sum goes on alone. Rounding keeps the order of numbers, so the result is the same
// number.
#include <algorithm>

#include "cornu/export/c99/steps.h"
#include "cornu/passes/match.h"

namespace cornu::c99 {
namespace {

using ir::Op;

constexpr std::int64_t kMostPlaces = 4;  // times kLanes sums: half of the registers of a Cortex-M4
constexpr int kLanes = 4;

bool on_the_image(const ir::WindowAxis& w, std::int64_t length) {
  return w.base_dilation == 1 && !w.reversed && w.low <= 0 &&
         (w.positions(length) - 1) * w.stride + w.extent() - 1 - w.low < length;
}

bool pools_whole(const ir::WindowAxis& w, std::int64_t length) {
  return w.size == w.stride && w.dilation == 1 && w.low == 0 && on_the_image(w, length);
}

bool is_plain(const ir::Graph& g, const ir::Node& node) {
  const auto& a = node.as<ir::ConvolutionAttributes>();
  const Shape& image = g.shape(node.operands[0]);
  const ir::Node& kernel = g.producer(node.operands[1]);
  return image.rank() == 4 && kernel.op == Op::kConstant &&
         g.producer(under_reshapes(g, node.operands[0])).op != Op::kConstant && a.feature_groups == 1 &&
         a.batch_groups == 1 && a.image.batch == 0 && a.image.feature == 3 && a.image.spatial == ir::Axes{1, 2} &&
         a.result == a.image && a.kernel.spatial == ir::Axes{0, 1} && a.kernel.input == 2 && a.kernel.output == 3 &&
         on_the_image(a.window[0], image[1]) && on_the_image(a.window[1], image[2]) && a.window[1].dilation == 1;
}

// a + bias, max(a, number), min(a, number): larger or equal for a larger a. The return value is a's side; -1: neither.
int side_that_keeps_order(const ir::Graph& g, const ir::Node& node) {
  if (node.op != Op::kAdd && node.op != Op::kMaximum && node.op != Op::kMinimum) return -1;
  for (const std::size_t side : {0u, 1u}) {
    const ir::ValueId other = node.operands[1 - side], vector = passes::spread_vector(g, other);
    const bool bias = vector >= 0 && g.producer(vector).op == Op::kConstant;
    if (node.op == Op::kAdd ? bias : passes::constant_number(g, other).has_value()) return static_cast<int>(side);
  }
  return -1;
}

}  // namespace

ir::ValueId under_reshapes(const ir::Graph& graph, ir::ValueId v) {
  while (graph.producer(v).op == Op::kReshape) v = graph.producer(v).operands[0];
  return v;
}

const ir::Node* pooled_convolution(const ir::Graph& g, const ir::Node& pool) {
  if (pool.op != Op::kReduceWindow || g.type(pool.result()).dtype != float32) return nullptr;
  const auto& a = pool.as<ir::ReduceWindowAttributes>();
  const Shape& shape = g.shape(pool.operands[0]);
  if (a.kind != ir::Reduction::kMaximum || shape.rank() != 4 || shape[0] != 1 || g.shape(pool.result()).size() == 0 ||
      !a.window[0].trivial() || !a.window[3].trivial() || !pools_whole(a.window[1], shape[1]) ||
      !pools_whole(a.window[2], shape[2]) || a.window[1].size * a.window[2].size > kMostPlaces)
    return nullptr;
  const std::vector<int> uses = g.use_counts();
  for (ir::ValueId v = pool.operands[0]; uses[static_cast<std::size_t>(v)] == 1;) {
    const ir::Node& node = g.producer(v);
    if (node.op == Op::kConvolution) return is_plain(g, node) ? &node : nullptr;
    const int side = side_that_keeps_order(g, node);
    if (side < 0) return nullptr;
    v = node.operands[static_cast<std::size_t>(side)];
  }
  return nullptr;
}

bool Steps::store_pooled(const ir::Node& pool) {
  const ir::Node* convolution = pooled_convolution(g_, pool);
  if (!convolution) return false;
  const Shape& to = g_.shape(pool.result());
  Writer& w = elements_.writer();
  int opened = 0;
  w.open("{");
  const Place place = open(to, opened, 3);
  const std::int64_t whole = to[3] / kLanes * kLanes;
  const auto block = [&](const std::string& first, std::int64_t lanes) {
    Place at = place;
    at[3] = first;
    store_pooled_lanes(pool, *convolution, at, static_cast<int>(lanes));
  };
  if (whole > 0) {
    const std::string j = w.fresh("j");
    w.open(cat("for (int ", j, " = 0; ", j, " < ", whole, "; ", j, " += ", kLanes, ") {"));
    block(j, kLanes);
    w.close();
  }
  if (whole < to[3]) {
    w.open("{");
    block(cat(whole), to[3] - whole);
    w.close();
  }
  w.close(opened + 1);
  return true;
}

// `place` is in the pool's result; its last axis is the first of the lanes.
void Steps::store_pooled_lanes(const ir::Node& pool, const ir::Node& convolution, const Place& place, int lanes) {
  const auto& window = convolution.as<ir::ConvolutionAttributes>().window;
  const auto& pooled = pool.as<ir::ReduceWindowAttributes>().window;
  const Shape &image = g_.shape(convolution.operands[0]), &kernel = g_.shape(convolution.operands[1]);
  const std::int64_t row = image[2] * image[3], run = kernel[1] * kernel[2];
  Writer& w = elements_.writer();
  const std::string x = w.fresh("x"), u = w.fresh("w"), s = w.fresh("s"), v = w.fresh("v"), r = w.fresh("k"),
                    k = w.fresh("k");
  std::vector<std::string> places;  // how far each of the pooled places lies behind the first
  for (std::int64_t i = 0; i < pooled[1].size; ++i)
    for (std::int64_t j = 0; j < pooled[2].size; ++j) {
      const std::int64_t away = i * window[0].stride * row + j * window[1].stride * image[3];
      places.push_back(away == 0 ? "" : cat(" + ", away));
    }
  const auto sum = [&](std::size_t p, int l) { return cat(s, "_", p, "_", l); };
  for (std::size_t p = 0; p < places.size(); ++p) {
    std::vector<std::string> sums;
    for (int l = 0; l < lanes; ++l) sums.push_back(sum(p, l));
    w.line(cat("float ", join(sums, " = 0, "), " = 0;"));
  }
  const auto start = [](const std::string& at, std::int64_t step, std::int64_t low) {
    return cat("(", at, " * ", step, low == 0 ? "" : cat(" + ", -low), ")");
  };
  const std::string array = elements_.read(under_reshapes(g_, convolution.operands[0]));
  w.line(cat("const float *", x, " = ", array, " + ",
             start(place[1], pooled[1].stride * window[0].stride, window[0].low), " * ", row, " + ",
             start(place[2], pooled[2].stride * window[1].stride, window[1].low), " * ", image[3], ";"));
  w.line(cat("const float *", u, " = ", elements_.blocked(convolution.operands[1], kLanes), " + ", place[3], " * ",
             kernel[0] * run, ";"));
  w.open(
      cat("for (int ", r, " = 0; ", r, " < ", kernel[0], "; ++", r, ", ", x, " += ", window[0].dilation * row, ") {"));
  // Not unrolled: gcc then moves sums from register to register.
  w.open(cat("for (int ", k, " = 0; ", k, " < ", run, "; ++", k, ", ", u, " += ", lanes, ") {"));
  for (std::size_t p = 0; p < places.size(); ++p)
    w.line(cat("const float ", v, "_", p, " = ", x, "[", k, places[p], "];"));
  for (int l = 0; l < lanes; ++l)
    for (std::size_t p = 0; p < places.size(); ++p)
      w.line(cat(sum(p, l), " = ", elements_.helpers().more(float32, sum(p, l), cat(v, "_", p), cat(u, "[", l, "]")),
                 ";"));
  w.close(2);
  for (int l = 0; l < lanes; ++l) {
    std::string most = sum(0, l);
    for (std::size_t p = 1; p < places.size(); ++p)
      most = elements_.helpers().fold(ir::Reduction::kMaximum, float32, most, sum(p, l));
    const std::string known = w.fresh("m");
    w.line(cat("const float ", known, " = ", most, ";"));
    elements_.know(convolution.result(), known);
    Place to = place;
    if (l > 0) to[3] = cat("(", place[3], " + ", l, ")");
    w.line(cat(target(pool.result(), to), " = ", elements_.at(pool.operands[0], to), ";"));
  }
  elements_.forget(convolution.result());
}

}  // namespace cornu::c99
