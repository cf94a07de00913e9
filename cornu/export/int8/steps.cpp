#include "cornu/export/int8/steps.h"

#include "cornu/export/c99/c_text.h"

namespace cornu::int8_export {
namespace {

// "for (int r = 0; ...) {" and the image's row under the tap, where that may lie outside.
void open_taps(c99::Writer& w, const ir::WindowAxis& axis, std::int64_t length, const char* tap, const char* at,
               const std::string& place) {
  w.open(cat("for (int ", tap, " = 0; ", tap, " < ", axis.size, "; ++", tap, ") {"));
  w.line(
      cat("const int ", at, " = ", place, " * ", axis.stride, " + ", tap, " * ", axis.dilation, " - ", axis.low, ";"));
  const std::int64_t last = (axis.positions(length) - 1) * axis.stride + axis.extent() - 1 - axis.low;
  std::vector<std::string> outside;
  if (axis.low > 0) outside.push_back(cat(at, " < 0"));
  if (last >= length) outside.push_back(cat(at, " >= ", length));
  if (!outside.empty()) w.line(cat("if (", join(outside, " || "), ") continue;"));
}

bool has_edges(const Layer& l) {
  const auto outside = [](const ir::WindowAxis& a, std::int64_t length) {
    return a.low > 0 || (a.positions(length) - 1) * a.stride + a.extent() - 1 - a.low >= length;
  };
  return outside(l.rows, l.from[0]) || outside(l.columns, l.from[1]);
}

// A loop over the places of an image; an axis of one place is none.
int open_places(c99::Writer& w, const Shape& to) {
  int opened = 0;
  for (const auto& [name, length] : {std::pair<const char*, std::int64_t>{"row", to[0]}, {"column", to[1]}}) {
    if (length == 1) {
      w.line(cat("const int ", name, " = 0;"));
      continue;
    }
    w.open(cat("for (int ", name, " = 0; ", name, " < ", length, "; ++", name, ") {"));
    ++opened;
  }
  return opened;
}

std::string held(const Layer& l, const std::string& value) {
  return cat("held(", value, ", ", l.low, ", ", l.high, ")");
}

std::string plus_zero(const Layer& l) {
  return l.scale.zero == 0 ? "" : l.scale.zero < 0 ? cat(" - ", -l.scale.zero) : cat(" + ", l.scale.zero);
}
std::string minus(const std::string& x, std::int32_t zero) {
  return zero == 0 ? x : cat("(", x, zero < 0 ? " + " : " - ", zero < 0 ? -zero : zero, ")");
}

}  // namespace

template <class T>
std::string StepWriter::table(const std::string& stem, const std::vector<T>& values, DType dtype) {
  const std::string name = cat(stem, number_);
  const Tensor tensor = Tensor::from(values, Shape{static_cast<std::int64_t>(values.size())}).astype(dtype);
  code_.tables += c99::table(name, tensor, "") + "\n";
  code_.table_bytes += tensor.bytes();
  return name;
}

void StepWriter::write(const Layer& l, const std::string& x, const std::string& x2, const std::string& y) {
  ++number_;
  code_.body += cat("  /* ", c99::comment_text(l.name), " -> int8", to_string(l.to), ", scale ",
                    repr(static_cast<double>(l.scale.scale)), ", zero ", l.scale.zero, " */\n");
  switch (l.kind) {
    case Kind::kProduct:
    case Kind::kDepthwise: return product(l, x, y);
    case Kind::kMaxPool:
    case Kind::kAveragePool: return pool(l, x, y);
    case Kind::kAdd: return addition(l, x, x2, y);
    case Kind::kSoftmax: return softmax(l, x, y);
    case Kind::kTable: {
      const std::string answers = table("answers", l.weights, int8);
      code_.body +=
          cat("  for (int i = 0; i < ", l.to.size(), "; ++i) ", y, "[i] = ", answers, "[", x, "[i] + 128];\n");
    }
  }
}

void StepWriter::product(const Layer& l, const std::string& x, const std::string& y) {
  const bool depthwise = l.kind == Kind::kDepthwise, edges = has_edges(l);
  const std::int64_t taps = l.rows.size * l.columns.size, inputs = l.from[2], outputs = l.to[2];
  const std::int32_t zero = network_.scale(l.inputs[0]).zero;
  std::vector<std::int32_t> biases = l.biases, multipliers;
  std::vector<std::uint8_t> shifts;
  for (const Factor& f : l.factors)
    multipliers.push_back(f.multiplier), shifts.push_back(static_cast<std::uint8_t>(f.shift));
  // Without edges every sum has all weights in it, so the zero of the input is a part of the bias.
  if (!edges)
    for (std::int64_t o = 0; o < outputs; ++o)
      for (std::int64_t k = 0; k < (depthwise ? taps : taps * inputs); ++k)
        biases[static_cast<std::size_t>(o)] -=
            zero * l.weights[static_cast<std::size_t>(depthwise ? k * outputs + o : o * taps * inputs + k)];
  const std::string weights = table(cat("w_", c99::identifier(l.name), "_"), l.weights, int8),
                    bias = table("bias", biases, int32), multiplier = table("multiplier", multipliers, int32),
                    shift = table("shift", shifts, uint8);
  code_.helpers.insert({"scaled", "held"});
  c99::Writer w(1);
  w.open("{");
  int opened = open_places(w, l.to);
  w.open(cat("for (int o = 0; o < ", outputs, "; ++o) {"));
  w.line(cat("int32_t sum = ", bias, "[o];"));
  const std::string value = edges ? minus("from[i]", zero) : "from[i]";
  const bool one = taps == 1 && !edges && l.rows.stride == 1 && l.columns.stride == 1;
  // Taps of one row lie beside each other, in the image and in the weights.
  const bool whole_rows = !depthwise && !edges && l.columns.dilation == 1;
  if (one)
    w.line("const int r = 0, c = 0, at_row = row, at_column = column;");
  else {
    open_taps(w, l.rows, l.from[0], "r", "at_row", "row");
    if (whole_rows)
      w.line(cat("const int c = 0, at_column = column * ", l.columns.stride, " + ", -l.columns.low, ";"));
    else
      open_taps(w, l.columns, l.from[1], "c", "at_column", "column");
  }
  w.line(cat("const int8_t *from = ", x, " + (at_row * ", l.from[1], " + at_column) * ", inputs, ";"));
  if (depthwise) {
    const std::string from = cat("from[o / ", outputs / inputs, "]");
    w.line(cat("sum += ", edges ? minus(from, zero) : from, " * ", weights, "[(r * ", l.columns.size, " + c) * ",
               outputs, " + o];"));
  } else {
    w.line(cat("const int8_t *weight = ", weights, " + ((o * ", l.rows.size, " + r) * ", l.columns.size, " + c) * ",
               inputs, ";"));
    w.open(cat("for (int i = 0; i < ", whole_rows && !one ? l.columns.size * inputs : inputs, "; ++i) {"));
    w.line(cat("sum += ", value, " * weight[i];"));
    w.close();
  }
  if (!one) w.close(whole_rows ? 1 : 2);
  w.line(cat(y, "[(row * ", l.to[1], " + column) * ", outputs,
             " + o] = ", held(l, cat("scaled(sum, ", multiplier, "[o], ", shift, "[o])", plus_zero(l))), ";"));
  w.close(opened + 2);
  code_.body += w.text();
}

void StepWriter::pool(const Layer& l, const std::string& x, const std::string& y) {
  const bool most = l.kind == Kind::kMaxPool;
  c99::Writer w(1);
  w.open("{");
  const int opened = open_places(w, l.to);
  w.open(cat("for (int o = 0; o < ", l.to[2], "; ++o) {"));
  w.line(most ? "int best = -128;" : "int sum = 0, count = 0;");
  open_taps(w, l.rows, l.from[0], "r", "at_row", "row");
  open_taps(w, l.columns, l.from[1], "c", "at_column", "column");
  const std::string value = cat(x, "[(at_row * ", l.from[1], " + at_column) * ", l.from[2], " + o]");
  if (most) {
    w.line(cat("if (", value, " > best) best = ", value, ";"));
  } else {
    w.line(cat("sum += ", value, ";"));
    w.line("++count;");
  }
  w.close(2);
  w.line(cat(y, "[(row * ", l.to[1], " + column) * ", l.to[2], " + o] = (int8_t)",
             most ? "best" : "((sum > 0 ? sum + count / 2 : sum - count / 2) / count)", ";"));
  w.close(opened + 2);
  code_.body += w.text();
}

void StepWriter::addition(const Layer& l, const std::string& x, const std::string& x2, const std::string& y) {
  code_.helpers.insert({"scaled", "held"});
  const auto side = [&](const std::string& from, int tensor, const Factor& f) {
    return cat("scaled(", minus(from + "[i]", network_.scale(tensor).zero), " * 1048576, ", f.multiplier, ", ", f.shift,
               ")");
  };
  c99::Writer w(1);
  w.open(cat("for (int i = 0; i < ", l.to.size(), "; ++i) {"));
  w.line(
      cat("const int32_t sum = ", side(x, l.inputs[0], l.factors[0]), " + ", side(x2, l.inputs[1], l.factors[1]), ";"));
  w.line(cat(y, "[i] = ",
             held(l, cat("scaled(sum, ", l.factors[2].multiplier, ", ", l.factors[2].shift, ")", plus_zero(l))), ";"));
  w.close();
  code_.body += w.text();
}

void StepWriter::softmax(const Layer& l, const std::string& x, const std::string& y) {
  const std::string exponentials = table("exponential", l.exponentials, uint32);
  const std::int64_t columns = l.to[2];
  code_.helpers.insert("held");
  c99::Writer w(1);
  w.open(cat("for (int row = 0; row < ", l.to.size(), "; row += ", columns, ") {"));
  w.line("int most = -128;");
  w.line("uint64_t sum = 0;");
  w.line(cat("for (int i = 0; i < ", columns, "; ++i) if (", x, "[row + i] > most) most = ", x, "[row + i];"));
  w.open(cat("for (int i = 0; i < ", columns, "; ++i) {"));
  w.line(cat("const int d = most - ", x, "[row + i];"));
  w.line(cat("if (d < ", l.exponentials.size(), ") sum += ", exponentials, "[d];"));
  w.close();
  w.open(cat("for (int i = 0; i < ", columns, "; ++i) {"));
  w.line(cat("const int d = most - ", x, "[row + i];"));
  w.line(cat("const uint64_t e = d < ", l.exponentials.size(), " ? ", exponentials, "[d] : 0;"));
  w.line(cat(y, "[row + i] = ", held(l, "(int32_t)((e * 512 + sum) / (2 * sum)) - 128"), ";"));
  w.close(2);
  code_.body += w.text();
}

}  // namespace cornu::int8_export
