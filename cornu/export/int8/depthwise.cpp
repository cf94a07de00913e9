// Depthwise convolutions: a filter for each feature, so that there is nothing to share between outputs.
#include "cornu/export/int8/steps.h"

namespace cornu::int8_export {

void StepWriter::depthwise(const Layer& l, const Arrays& a) {
  const std::int64_t taps = l.rows.size * l.columns.size, inputs = l.from[2], outputs = l.to[2];
  const std::int32_t zero = network_.scale(l.inputs[0]).zero;
  const bool edges = has_edges(l);
  std::vector<std::int32_t> biases = l.biases;
  // Without edges every sum has all weights in it, so the zero of the input is a part of the bias.
  if (!edges)
    for (std::int64_t o = 0; o < outputs; ++o)
      for (std::int64_t k = 0; k < taps; ++k)
        biases[static_cast<std::size_t>(o)] -= zero * l.weights[static_cast<std::size_t>(k * outputs + o)];
  const std::string weights = table(cat("w_", c99::identifier(l.name), "_"), l.weights, int8);
  const Rounding r = rounding(l, biases);
  c99::Writer w(1);
  w.open("{");
  const int opened = open_places(w, l.to);
  w.open(cat("for (int o = 0; o < ", outputs, "; ++o) {"));
  w.line(cat("int32_t sum = ", r.table, "[o].bias;"));
  open_taps(w, l.rows, l.from[0], "r", "at_row", "row");
  open_taps(w, l.columns, l.from[1], "c", "at_column", "column");
  const std::string value =
      cat(a.x, "[(at_row * ", l.from[1], " + at_column) * ", inputs, " + o / ", outputs / inputs, "]");
  w.line(cat("sum += ", edges ? minus(value, zero) : value, " * ", weights, "[(r * ", l.columns.size, " + c) * ",
             outputs, " + o];"));
  w.close(2);
  w.line(cat(a.y, "[(row * ", l.to[1], " + column) * ", outputs, " + o] = ", answer(l, r, "sum", "o"), ";"));
  w.close(opened + 2);
  code_.body += w.text();
}

}  // namespace cornu::int8_export
