// Convolutions of few weights: two places beside each other times two outputs at a time, in 16 bits.
#include <algorithm>

#include "cornu/export/int8/kernels.h"
#include "cornu/export/int8/steps.h"

namespace cornu::int8_export {
namespace {

constexpr std::int64_t kAtOnce = 2;       // outputs, and places
constexpr std::int64_t kFarthest = 1020;  // LDRD's largest offset

// Element `i` of a run in the order in which widen4() leaves it.
std::int64_t paired(std::int64_t i) { return (i & ~std::int64_t{3}) | (i & 1) << 1 | (i >> 1 & 1); }

// [output][row of the window][filled]; outputs are filled up to an even number, too.
std::vector<std::int16_t> wide_weights(const Layer& l, const Tile& tile) {
  const std::int64_t outputs = l.to[2], even = (outputs + 1) / 2 * 2;
  std::vector<std::int16_t> out(static_cast<std::size_t>(even * l.rows.size * tile.filled), 0);
  for (std::int64_t o = 0; o < outputs; ++o)
    for (std::int64_t r = 0; r < l.rows.size; ++r)
      for (std::int64_t i = 0; i < tile.run; ++i)
        out[static_cast<std::size_t>((o * l.rows.size + r) * tile.filled + (tile.paired ? paired(i) : i))] =
            l.weights[static_cast<std::size_t>((o * l.rows.size + r) * tile.run + i)];
  return out;
}

void open_loop(c99::Writer& w, const char* name, std::int64_t end, std::int64_t step = 1) {
  w.open(cat("for (int ", name, " = 0; ", name, " < ", end, "; ", step == 1 ? cat("++", name) : cat(name, " += ", step),
             ") {"));
}

// Fills `tile` with what lies under both windows.
void fill(c99::Writer& w, const Layer& l, const Tile& t, const std::string& x, std::int32_t zero) {
  const std::int64_t inputs = l.from[2];
  const std::string left = t.shared ? "left" : cat("(left + place * ", l.columns.stride, ")"),
                    row = t.shared ? "r" : cat("(place * ", t.rows, " + r)");
  if (!t.shared) open_loop(w, "place", kAtOnce);
  open_loop(w, "r", t.rows);
  w.line(cat("int16_t *to = tile.q + ", row, " * ", t.pitch, ";"));
  w.line(cat("const int at_row = top + r * ", l.rows.dilation, ";"));
  if (t.whole_rows) {
    w.line(cat("const int8_t *from = ", x, " + (at_row * ", l.from[1], " + ", left, ") * ", inputs, ";"));
    w.line(t.paired ? cat("for (int i = 0; i < ", t.shared ? t.pitch : t.run, "; i += 4) widen4(from + i, to + i);")
                    : cat("for (int i = 0; i < ", t.run, "; ++i) to[i] = from[i];"));
  } else {
    open_loop(w, "c", l.columns.size);
    w.line(cat("const int at_column = ", left, " + c * ", l.columns.dilation, ";"));
    w.line(cat("const int inside = at_row >= 0 && at_row < ", l.from[0], " && at_column >= 0 && at_column < ",
               l.from[1], ";"));
    w.line(cat("const int8_t *from = ", x, " + (inside ? (at_row * ", l.from[1], " + at_column) * ", inputs, " : 0);"));
    w.line(cat("for (int i = 0; i < ", inputs, "; ++i) *to++ = (int16_t)(inside ? from[i] : ", zero, ");"));
    w.close();
  }
  w.close(t.shared ? 1 : 2);
}

// How the sums walk: window rows in a loop, or all of them as one where they lie behind each other.
struct Walk {
  std::int64_t rows = 1, filled = 0, pitch = 0;
  std::int64_t place = 0, length = 0;  // from window to window, from output to output
};
Walk walk_of(const Layer& l, const Tile& t) {
  const std::int64_t length = l.rows.size * t.filled;
  return t.shared ? Walk{l.rows.size, t.filled, t.pitch, t.place, length} : Walk{1, length, length, t.place, length};
}

void open_rows(c99::Writer& w, const Walk& walk) {
  if (walk.rows > 1)
    w.open(cat("for (int r = 0; r < ", walk.rows, "; ++r, p += ", walk.pitch, ", w += ", walk.filled, ") {"));
}

// How many fours a turn of the innermost loop takes: a divisor, so that nothing is left over.
std::int64_t fours_a_turn(std::int64_t fours) {
  for (const std::int64_t n : {6, 5, 4, 3, 2})
    if (fours % n == 0) return n;
  return 1;
}

// s0, s1: the first output at both places; s2, s3: the second.
void arm_sums(c99::Writer& w, const Walk& walk) {
  const std::int64_t turn = 4 * fours_a_turn(walk.filled / 4);
  const bool loop = walk.filled > turn;
  open_rows(w, walk);
  if (loop) {
    open_loop(w, "k", walk.filled, turn);
    w.line("const int16_t *const x = p + k, *const y = w + k;");
  }
  for (std::int64_t at = 0; at < turn; at += 4)
    w.line(cat("FOURS(", loop ? "x" : "p", ", ", 2 * at, ", ", 2 * (at + walk.place), ", ", loop ? "y" : "w", ", ",
               2 * at, ", ", 2 * (at + walk.length), ");"));
  w.close((loop ? 1 : 0) + (walk.rows > 1 ? 1 : 0));
}

void plain_sums(c99::Writer& w, const Walk& walk) {
  open_rows(w, walk);
  open_loop(w, "k", walk.filled);
  w.line("s0 += p[k] * w[k];");
  w.line(cat("s1 += p[k + ", walk.place, "] * w[k];"));
  w.line(cat("s2 += p[k] * w[k + ", walk.length, "];"));
  w.line(cat("s3 += p[k + ", walk.place, "] * w[k + ", walk.length, "];"));
  w.close(walk.rows > 1 ? 2 : 1);
}

void sums(c99::Writer& w, const Walk& walk) {
  const std::int64_t turn = 4 * fours_a_turn(walk.filled / 4);
  if (2 * (turn + std::max(walk.length, walk.place)) > kFarthest) return plain_sums(w, walk);
  w.line(cat("#if ", kArmPairs));
  arm_sums(w, walk);
  w.line("#else");
  plain_sums(w, walk);
  w.line("#endif");
}

}  // namespace

void StepWriter::tiles(const Group& g, const Arrays& a) {
  const Layer& l = *g.layer;
  const Tile t = tile_of(l, g.pool);
  const std::int32_t zero = network_.scale(l.inputs[0]).zero;
  const std::int64_t outputs = l.to[2], length = l.rows.size * t.filled;
  const std::string weights = word_table(cat("w_", c99::identifier(l.name), "_"), wide_weights(l, t));
  std::vector<std::int32_t> biases = folded_biases(l, zero);
  const Rounding r = rounding(l, biases);
  if (t.paired) code_.helpers.insert("widen4");
  code_.helpers.insert("pairs");
  c99::Writer w(1);
  w.open("{");
  w.line(cat("union { int16_t q[", t.size, "]; int32_t words; } tile = {{0}};"));
  open_loop(w, "row", g.to()[0]);
  if (g.pool) {
    open_loop(w, "column", g.to()[1]);
  } else {
    open_loop(w, "at", l.to[1], kAtOnce);
    // The last two places of an odd row: one of them is computed again.
    w.line(l.to[1] % 2 == 0 ? "const int column = at;"
                            : cat("const int column = at < ", l.to[1] - 1, " ? at : ", l.to[1] - 2, ";"));
  }
  const std::int64_t down = (g.pool ? g.pool->rows.size : 1) * l.rows.stride,
                     across = (g.pool ? kAtOnce : 1) * l.columns.stride;
  w.line(
      cat("const int top = row * ", down, " - ", l.rows.low, ", left = column * ", across, " - ", l.columns.low, ";"));
  fill(w, l, t, a.x, zero);
  open_loop(w, "o", outputs, kAtOnce);
  const bool odd = outputs % 2 != 0;
  const std::string second =
      odd ? cat("(o + 1 < ", outputs, " ? ", r.table, "[o + 1].bias : 0)") : cat(r.table, "[o + 1].bias");
  w.line(cat("const int32_t b0 = ", r.table, "[o].bias, b1 = ", second, ";"));
  const auto loads = [&](const std::string& down_rows) {
    w.line(cat("const int16_t *p = tile.q", down_rows, ", *w = ", weights, ".q + o * ", length, ";"));
    w.line("int32_t s0 = b0, s1 = b0, s2 = b1, s3 = b1;");
    sums(w, walk_of(l, t));
  };
  const auto store = [&](const std::string& value, const std::string& to, const std::string& o) {
    w.line(cat(to, "[", o == "o" ? "0" : "1", "] = ", answer(l, r, value, o), ";"));
  };
  const std::string to = cat(a.y, " + (row * ", g.to()[1], " + column) * ", outputs, " + o");
  if (g.pool) {
    w.line("int32_t most0 = INT32_MIN, most1 = INT32_MIN;");
    open_loop(w, "down", g.pool->rows.size);
    loads(cat(" + down * ", l.rows.stride * t.pitch));
    w.line("if (s1 > s0) s0 = s1;");
    w.line("if (s3 > s2) s2 = s3;");
    w.line("if (s0 > most0) most0 = s0;");
    w.line("if (s2 > most1) most1 = s2;");
    w.close();
    w.line(cat("int8_t *const to = ", to, ";"));
    store("most0", "to", "o");
    if (odd) w.open(cat("if (o + 1 < ", outputs, ") {"));
    store("most1", "to", "o + 1");
    if (odd) w.close();
  } else {
    loads("");
    w.line(cat("int8_t *const to = ", to, ", *const beside = to + ", outputs, ";"));
    store("s0", "to", "o");
    store("s1", "beside", "o");
    if (odd) w.open(cat("if (o + 1 < ", outputs, ") {"));
    store("s2", "to", "o + 1");
    store("s3", "beside", "o + 1");
    if (odd) w.close();
  }
  w.close(4);
  code_.body += w.text();
}

}  // namespace cornu::int8_export
