#include "cornu/export/int8/steps.h"

#include "cornu/export/int8/kernels.h"

#include <algorithm>

namespace cornu::int8_export {
namespace {

std::string plus_zero(const Layer& l) {
  return l.scale.zero == 0 ? "" : l.scale.zero < 0 ? cat(" - ", -l.scale.zero) : cat(" + ", l.scale.zero);
}

}  // namespace

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

std::string minus(const std::string& x, std::int32_t zero) {
  return zero == 0 ? x : cat("(", x, zero < 0 ? " + " : " - ", zero < 0 ? -zero : zero, ")");
}

template <class T>
std::string StepWriter::table(const std::string& stem, const std::vector<T>& values, DType dtype) {
  const std::string name = cat(stem, number_);
  const Tensor tensor = Tensor::from(values, Shape{static_cast<std::int64_t>(values.size())}).astype(dtype);
  code_.tables += c99::table(name, tensor, "") + "\n";
  code_.table_bytes += tensor.bytes();
  return name;
}
template std::string StepWriter::table(const std::string&, const std::vector<std::int8_t>&, DType);

std::string StepWriter::word_table(const std::string& stem, const std::vector<std::int16_t>& values) {
  const std::string name = cat(stem, number_);
  const Tensor tensor = Tensor::from(values, Shape{static_cast<std::int64_t>(values.size())});
  code_.tables += c99::word_table(name, tensor) + "\n";
  code_.table_bytes += tensor.bytes();
  return name;
}

std::vector<std::int32_t> folded_biases(const Layer& l, std::int32_t zero) {
  std::vector<std::int32_t> out = l.biases;
  const std::size_t each = l.weights.size() / out.size();
  for (std::size_t o = 0; o < out.size(); ++o)
    for (std::size_t k = 0; k < each; ++k) out[o] -= zero * l.weights[o * each + k];
  return out;
}

StepWriter::Rounding StepWriter::rounding(const Layer& l, const std::vector<std::int32_t>& biases) {
  constexpr int kHigh = 33;
  Rounding out;
  out.high = std::all_of(l.factors.begin(), l.factors.end(),
                         [](const Factor& f) { return f.shift >= kHigh || f.multiplier == 0; });
  out.table = cat("rounding", number_);
  std::string rows;
  for (std::size_t o = 0; o < l.factors.size(); ++o) {
    const Factor& f = l.factors[o];
    const int shift = out.high ? std::max(f.shift - kHigh, 0) : f.shift;
    rows += cat("  {", c99::literal(Tensor::scalar(biases[o]), 0), ", ", f.multiplier, ", ", shift, "},\n");
  }
  code_.tables += cat("static const struct { int32_t bias, multiplier, shift; } ", out.table, "[", l.factors.size(),
                      "] = {\n", rows, "};\n\n");
  code_.table_bytes += l.factors.size() * 3 * sizeof(std::int32_t);
  code_.helpers.insert(out.high ? "scaled_high" : "scaled");
  return out;
}

std::string StepWriter::held(const Layer& l, const std::string& value) {
  if (l.low == -128 && l.high == 127) {
    code_.helpers.insert("saturated");
    return cat("saturated(", value, ")");
  }
  code_.helpers.insert("held");
  return cat("held(", value, ", ", l.low, ", ", l.high, ")");
}

std::string StepWriter::answer(const Layer& l, const Rounding& r, const std::string& sum, const std::string& o) {
  const std::string factors = cat(sum, ", ", r.table, "[", o, "].multiplier, ", r.table, "[", o, "].shift");
  if (r.high) return held(l, cat("scaled_high(", factors, ", ", 2 * l.scale.zero + 1, ")"));
  return held(l, cat("scaled(", factors, ")", plus_zero(l)));
}

void StepWriter::write(const Group& g, const Arrays& a) {
  ++number_;
  const Layer& l = *g.layer;
  code_.body += cat("  /* ", c99::comment_text(g.name()), " -> int8", to_string(g.to()), ", scale ",
                    repr(static_cast<double>(l.scale.scale)), ", zero ", l.scale.zero, " */\n");
  switch (l.kind) {
    case Kind::kProduct: return product(g, a);
    case Kind::kDepthwise: return depthwise(l, a);
    case Kind::kMaxPool:
    case Kind::kAveragePool: return pool(l, a);
    case Kind::kAdd: return addition(l, a);
    case Kind::kSoftmax: return softmax(l, a);
    case Kind::kTable: {
      const std::string answers = table("answers", l.weights, int8);
      code_.body +=
          cat("  for (int i = 0; i < ", l.to.size(), "; ++i) ", a.y, "[i] = ", answers, "[", a.x, "[i] + 128];\n");
    }
  }
}

void StepWriter::product(const Group& g, const Arrays& a) {
  const bool both = suits_wide(g);
  if (both) {
    // Of the two ways a device has one: what the budget counts is the chips'.
    const std::size_t bytes = code_.table_bytes;
    const std::string condition = cat("#if ", kWide, "\n");
    code_.helpers.insert("wide");
    code_.tables += condition;
    code_.body += condition;
    wide(g, a);
    code_.tables += "#else\n";
    code_.body += "#else\n";
    code_.table_bytes = bytes;
  }
  if (form_of(*g.layer) == Form::kTiles)
    tiles(g, a);
  else
    rows(g, a);
  if (!both) return;
  code_.tables += "#endif\n\n";
  code_.body += "#endif\n";
}

void StepWriter::pool(const Layer& l, const Arrays& a) {
  const bool most = l.kind == Kind::kMaxPool;
  c99::Writer w(1);
  w.open("{");
  const int opened = open_places(w, l.to);
  w.open(cat("for (int o = 0; o < ", l.to[2], "; ++o) {"));
  w.line(most ? "int best = -128;" : "int sum = 0, count = 0;");
  open_taps(w, l.rows, l.from[0], "r", "at_row", "row");
  open_taps(w, l.columns, l.from[1], "c", "at_column", "column");
  const std::string value = cat(a.x, "[(at_row * ", l.from[1], " + at_column) * ", l.from[2], " + o]");
  if (most) {
    w.line(cat("if (", value, " > best) best = ", value, ";"));
  } else {
    w.line(cat("sum += ", value, ";"));
    w.line("++count;");
  }
  w.close(2);
  w.line(cat(a.y, "[(row * ", l.to[1], " + column) * ", l.to[2], " + o] = (int8_t)",
             most ? "best" : "((sum > 0 ? sum + count / 2 : sum - count / 2) / count)", ";"));
  w.close(opened + 2);
  code_.body += w.text();
}

void StepWriter::addition(const Layer& l, const Arrays& a) {
  code_.helpers.insert("scaled");
  const auto side = [&](const std::string& from, int tensor, const Factor& f) {
    return cat("scaled(", minus(from + "[i]", network_.scale(tensor).zero), " * 1048576, ", f.multiplier, ", ", f.shift,
               ")");
  };
  c99::Writer w(1);
  w.open(cat("for (int i = 0; i < ", l.to.size(), "; ++i) {"));
  w.line(cat("const int32_t sum = ", side(a.x, l.inputs[0], l.factors[0]), " + ", side(a.x2, l.inputs[1], l.factors[1]),
             ";"));
  w.line(cat(a.y, "[i] = ",
             held(l, cat("scaled(sum, ", l.factors[2].multiplier, ", ", l.factors[2].shift, ")", plus_zero(l))), ";"));
  w.close();
  code_.body += w.text();
}

void StepWriter::softmax(const Layer& l, const Arrays& a) {
  const std::string exponentials = table("exponential", l.exponentials, uint32);
  const std::int64_t columns = l.to[2], largest = l.exponentials.front();
  // 256 e / sum rounded is (256 e + sum / 2) / sum in whole numbers, whether sum is even or odd.
  const bool narrow = largest * 256 + columns * largest / 2 <= 0xffffffff;
  const std::string type = narrow ? "uint32_t" : "uint64_t";
  c99::Writer w(1);
  w.open(cat("for (int row = 0; row < ", l.to.size(), "; row += ", columns, ") {"));
  w.line("int most = -128;");
  w.line(cat(type, " sum = 0;"));
  w.line(cat("for (int i = 0; i < ", columns, "; ++i) if (", a.x, "[row + i] > most) most = ", a.x, "[row + i];"));
  w.open(cat("for (int i = 0; i < ", columns, "; ++i) {"));
  w.line(cat("const int d = most - ", a.x, "[row + i];"));
  w.line(cat("if (d < ", l.exponentials.size(), ") sum += ", exponentials, "[d];"));
  w.close();
  w.open(cat("for (int i = 0; i < ", columns, "; ++i) {"));
  w.line(cat("const int d = most - ", a.x, "[row + i];"));
  w.line(cat("const ", type, " e = d < ", l.exponentials.size(), " ? ", exponentials, "[d] : 0;"));
  w.line(cat(a.y, "[row + i] = ", held(l, "(int32_t)((e * 256 + sum / 2) / sum) - 128"), ";"));
  w.close(2);
  code_.body += w.text();
}

}  // namespace cornu::int8_export
