// Servers and PCs with AVX-512 VNNI: four products of bytes in each of sixteen lanes, a lane an output. The lines under
// the windows are copied first, with the input's zero beyond the edges, so that fours of bytes are read from anywhere.
#include <algorithm>

#include "cornu/export/int8/kernels.h"
#include "cornu/export/int8/steps.h"

namespace cornu::int8_export {
namespace {

constexpr std::int64_t kLanes = 16;
constexpr std::int64_t kMostVectors = 4;  // at once: sums that a processor works on side by side

// The sizes of a block.
struct Wide {
  std::int64_t vectors = 0;  // of outputs
  std::int64_t fours = 0;    // of a window's row
  std::int64_t lines = 0;    // under the windows of one place of the result
  std::int64_t left = 0;     // bytes before a line's first
  std::int64_t pitch = 0;    // from line to line
};

Wide wide_of(const Group& g) {
  const Layer& l = *g.layer;
  const std::int64_t inputs = l.from[2], run = l.columns.size * inputs;
  const std::int64_t down = g.pool ? g.pool->rows.size : 1;
  Wide out;
  out.vectors = (l.to[2] + kLanes - 1) / kLanes;
  out.fours = (run + 3) / 4;
  out.lines = (down - 1) * l.rows.stride + l.rows.extent();
  out.left = std::max<std::int64_t>(l.columns.low, 0) * inputs;
  const std::int64_t reach = ((l.to[1] - 1) * l.columns.stride - l.columns.low) * inputs + 4 * out.fours;
  out.pitch = out.left + std::max(l.from[1] * inputs, reach);
  return out;
}

// [block of vectors][row of the window][four][vector][lane][4]
std::vector<std::int8_t> laid_out(const Layer& l, const Wide& s) {
  const std::int64_t run = l.columns.size * l.from[2], rows = l.rows.size;
  std::vector<std::int8_t> out;
  out.reserve(static_cast<std::size_t>(s.vectors * rows * s.fours * kLanes * 4));
  for (std::int64_t first = 0; first < s.vectors; first += kMostVectors)
    for (std::int64_t r = 0; r < rows; ++r)
      for (std::int64_t four = 0; four < s.fours; ++four)
        for (std::int64_t o = first * kLanes; o < std::min(first + kMostVectors, s.vectors) * kLanes; ++o)
          for (std::int64_t i = four * 4; i < four * 4 + 4; ++i) {
            const bool is_weight = o < l.to[2] && i < run;
            out.push_back(is_weight ? l.weights[static_cast<std::size_t>((o * rows + r) * run + i)] : std::int8_t{0});
          }
  return out;
}

// Fills the lines under row `row` of the result.
void fill_lines(c99::Writer& w, const Group& g, const Wide& s, const std::string& x, std::int32_t zero) {
  const Layer& l = *g.layer;
  const std::int64_t length = l.from[1] * l.from[2], down = g.pool ? g.pool->rows.stride : 1;
  if (s.left > 0 || s.left + length < s.pitch || has_edges(l.rows, l.from[0]))
    w.line(cat("memset(lines, ", zero, ", sizeof lines);"));
  w.open(cat("for (int r = 0; r < ", s.lines, "; ++r) {"));
  w.line(cat("const int at_row = row * ", down * l.rows.stride, " - ", l.rows.low, " + r;"));
  w.line(cat(has_edges(l.rows, l.from[0]) ? cat("if (at_row >= 0 && at_row < ", l.from[0], ") ") : "",
             "memcpy(lines + r * ", s.pitch, " + ", s.left, ", ", x, " + at_row * ", length, ", ", length, ");"));
  w.close();
}

}  // namespace

bool suits_wide(const Group& g) {
  const Layer& l = *g.layer;
  return l.kind == Kind::kProduct && l.columns.dilation == 1 && l.columns.low >= 0;
}

void StepWriter::wide(const Group& g, const Arrays& a) {
  const Layer& l = *g.layer;
  const Wide s = wide_of(g);
  const std::int32_t zero = network_.scale(l.inputs[0]).zero;
  const std::int64_t outputs = l.to[2], inputs = l.from[2];
  const std::string weights = table(cat("w_", c99::identifier(l.name), "_"), laid_out(l, s), int8);
  // Bytes count from -128 here, as if the input's zero were so much higher.
  const Rounding r = rounding(l, folded_biases(l, zero + 128));
  c99::Writer w(1);
  w.open("{");
  w.line(cat("int8_t lines[", s.lines * s.pitch, "];"));
  w.line(cat("int32_t sums[", s.vectors * kLanes, "];"));
  w.open(cat("for (int row = 0; row < ", g.to()[0], "; ++row) {"));
  fill_lines(w, g, s, a.x, zero);
  w.open(cat("for (int column = 0; column < ", g.to()[1], "; ++column) {"));
  for (std::int64_t first = 0; first < s.vectors; first += kMostVectors) {
    const std::int64_t vectors = std::min(kMostVectors, s.vectors - first);
    const std::string from = cat(weights, " + ", first * l.rows.size * s.fours * kLanes * 4);
    const auto add_up = [&](const std::string& row, const std::string& column) {
      w.line(cat("wide(lines", row, " + ", column, " * ", l.columns.stride * inputs, " + ",
                 s.left - l.columns.low * inputs, ", ", l.rows.size, ", ", l.rows.dilation * s.pitch, ", ", s.fours,
                 ", ", from, ", ", vectors, ", sum);"));
    };
    const std::string zeros = cat("for (int v = 0; v < ", vectors, "; ++v) ");
    w.open("{");
    w.line(cat("__m512i sum[", vectors, "]", g.pool ? cat(", most[", vectors, "]") : "", ";"));
    if (g.pool) {
      w.line(zeros + "most[v] = _mm512_set1_epi32(INT32_MIN);");
      w.open(cat("for (int down = 0; down < ", g.pool->rows.size, "; ++down) {"));
      w.open(cat("for (int across = 0; across < ", g.pool->columns.size, "; ++across) {"));
      w.line(zeros + "sum[v] = _mm512_setzero_si512();");
      add_up(cat(" + down * ", l.rows.stride * s.pitch), cat("(column * ", g.pool->columns.stride, " + across)"));
      w.line(zeros + "most[v] = _mm512_max_epi32(most[v], sum[v]);");
      w.close(2);
    } else {
      w.line(zeros + "sum[v] = _mm512_setzero_si512();");
      add_up("", "column");
    }
    w.line(
        cat(zeros, "_mm512_storeu_si512(sums + (v + ", first, ") * ", kLanes, ", ", g.pool ? "most" : "sum", "[v]);"));
    w.close();
  }
  w.line(cat("int8_t *const to = ", a.y, " + (row * ", g.to()[1], " + column) * ", outputs, ";"));
  w.line(cat("for (int o = 0; o < ", outputs,
             "; ++o) to[o] = ", answer(l, r, cat("sums[o] + ", r.table, "[o].bias"), "o"), ";"));
  w.close(3);
  code_.body += w.text();
}

std::string wide_kernel() {
  return "/* sum[v] += the bytes under a window, from -128 on, times `vectors` times sixteen rows of weights. */\n"
         "static inline void wide(const int8_t *p, int rows, int pitch, int fours, const int8_t *w, int vectors,\n"
         "                        __m512i *sum) __attribute__((always_inline));\n"
         "static inline void wide(const int8_t *p, int rows, int pitch, int fours, const int8_t *w, int vectors,\n"
         "                        __m512i *sum) {\n"
         "  for (int r = 0; r < rows; ++r, p += pitch)\n"
         "    for (int k = 0; k < fours; ++k) {\n"
         "      int32_t four;\n"
         "      memcpy(&four, p + 4 * k, 4);\n"
         "      const __m512i x = _mm512_xor_si512(_mm512_set1_epi32(four), _mm512_set1_epi8(-128));\n"
         "      for (int v = 0; v < vectors; ++v, w += 64)\n"
         "        sum[v] = _mm512_dpbusd_epi32(sum[v], x, _mm512_loadu_si512(w));\n"
         "    }\n"
         "}\n";
}

}  // namespace cornu::int8_export
