// Dense layers and convolutions of many weights: bytes times rows of weights.
#include "cornu/export/int8/steps.h"

namespace cornu::int8_export {
namespace {

constexpr std::int64_t kRowsAtOnce = 4;

}  // namespace

// What lies under the window, as one row; beyond the edges stands the input's zero, which the biases expect.
void StepWriter::copy_window(c99::Writer& w, const Layer& l, const Arrays& a) {
  const std::int64_t inputs = l.from[2], run = l.columns.size * inputs;
  const bool whole_rows = l.columns.dilation == 1 && !has_edges(l);
  w.open(cat("for (int r = 0; r < ", l.rows.size, "; ++r) {"));
  w.line(cat("const int at_row = top + r * ", l.rows.dilation, ";"));
  if (whole_rows) {
    w.line(cat("const int8_t *from = ", a.x, " + (at_row * ", l.from[1], " + left) * ", inputs, ";"));
    w.line(cat("for (int i = 0; i < ", run, "; ++i) ", a.scratch, "[r * ", run, " + i] = from[i];"));
  } else {
    const std::int32_t zero = network_.scale(l.inputs[0]).zero;
    w.open(cat("for (int c = 0; c < ", l.columns.size, "; ++c) {"));
    w.line(cat("const int at_column = left + c * ", l.columns.dilation, ";"));
    w.line(cat("const int inside = at_row >= 0 && at_row < ", l.from[0], " && at_column >= 0 && at_column < ",
               l.from[1], ";"));
    w.line(
        cat("const int8_t *from = ", a.x, " + (inside ? (at_row * ", l.from[1], " + at_column) * ", inputs, " : 0);"));
    w.line(cat("int8_t *to = ", a.scratch, " + (r * ", l.columns.size, " + c) * ", inputs, ";"));
    w.line(cat("for (int i = 0; i < ", inputs, "; ++i) to[i] = (int8_t)(inside ? from[i] : ", zero, ");"));
    w.close();
  }
  w.close();
}

void StepWriter::times_rows(c99::Writer& w, const Group& g, const Rounding& r, const std::string& weights,
                            const std::string& from) {
  const Layer& l = *g.layer;
  const std::int64_t length = static_cast<std::int64_t>(l.weights.size()) / l.to[2], outputs = l.to[2],
                     whole = outputs / kRowsAtOnce * kRowsAtOnce;
  const auto store = [&](const std::string& sum, const std::string& o) {
    const std::string value = answer(l, r, cat(sum, " + ", r.table, "[", o, "].bias"), o);
    if (!g.pool) return w.line(cat("to[", o, "] = ", value, ";"));
    w.line(cat("const int8_t value = ", value, ";"));
    w.line(cat("if (first || value > to[", o, "]) to[", o, "] = value;"));
  };
  if (whole > 0) {
    code_.helpers.insert("dot4");
    w.open(cat("for (int o = 0; o < ", whole, "; o += ", kRowsAtOnce, ") {"));
    w.line(cat("int32_t sums[", kRowsAtOnce, "];"));
    w.line(cat("dot4(", from, ", ", weights, " + o * ", length, ", ", length, ", sums);"));
    w.open(cat("for (int k = 0; k < ", kRowsAtOnce, "; ++k) {"));
    store("sums[k]", "o + k");
    w.close(2);
  }
  if (whole < outputs) {
    code_.helpers.insert("dot1");
    w.open(cat("for (int o = ", whole, "; o < ", outputs, "; ++o) {"));
    store(cat("dot1(", from, ", ", weights, " + o * ", length, ", ", length, ")"), "o");
    w.close();
  }
}

void StepWriter::rows(const Group& g, const Arrays& a) {
  const Layer& l = *g.layer;
  const std::string weights = table(cat("w_", c99::identifier(l.name), "_"), l.weights, int8);
  const Rounding r = rounding(l, folded_biases(l, network_.scale(l.inputs[0]).zero));
  c99::Writer w(1);
  w.open("{");
  int opened = open_places(w, g.to());
  w.line(cat("int8_t *to = ", a.y, " + (row * ", g.to()[1], " + column) * ", g.to()[2], ";"));
  std::string row = "row", column = "column";
  if (g.pool) {
    const auto axis = [&](std::string& place, const ir::WindowAxis& window, const char* under) {
      w.open(cat("for (int ", under, " = 0; ", under, " < ", window.size, "; ++", under, ") {"));
      place = cat("(", place, " * ", window.stride, " + ", under, ")");
      ++opened;
    };
    axis(row, g.pool->rows, "down");
    axis(column, g.pool->columns, "across");
    w.line("const int first = down == 0 && across == 0;");
  }
  const auto start = [](const std::string& place, const ir::WindowAxis& axis) {
    return cat(place, axis.stride == 1 ? "" : cat(" * ", axis.stride), axis.low == 0 ? "" : cat(" - ", axis.low));
  };
  w.line(cat("const int top = ", start(row, l.rows), ", left = ", start(column, l.columns), ";"));
  if (form_of(l) == Form::kPatch) {
    copy_window(w, l, a);
    times_rows(w, g, r, weights, a.scratch);
  } else {
    w.line(cat("const int8_t *from = ", a.x, " + (top * ", l.from[1], " + left) * ", l.from[2], ";"));
    times_rows(w, g, r, weights, "from");
  }
  w.close(opened + 1);
  code_.body += w.text();
}

}  // namespace cornu::int8_export
