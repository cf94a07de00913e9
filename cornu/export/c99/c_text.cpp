#include "cornu/export/c99/c_text.h"

#include <cctype>
#include <cmath>
#include <cstdio>
#include <limits>

#include "cornu/core/error.h"

namespace cornu::c99 {
namespace {

std::string float_literal(double value, bool is_float) {
  if (std::isnan(value)) return is_float ? "NAN" : "(double)NAN";
  if (std::isinf(value))
    return cat(value < 0 ? "(-" : "", is_float ? "INFINITY" : "(double)INFINITY", value < 0 ? ")" : "");
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, is_float ? "%.9g" : "%.17g", value);
  std::string text = buffer;
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  if (is_float) text += "f";
  return std::signbit(value) ? "(" + text + ")" : text;
}

template <class T>
std::string integer_literal(T value) {
  if constexpr (std::is_signed_v<T>) {
    // The smallest number has no literal: its digits without the sign do not fit.
    if (value == std::numeric_limits<std::int64_t>::min()) return "(-INT64_C(9223372036854775807) - 1)";
    if (value == std::numeric_limits<std::int32_t>::min()) return "(-2147483647 - 1)";
    if (value > std::numeric_limits<std::int32_t>::max() || value < std::numeric_limits<std::int32_t>::min())
      return cat("(INT64_C(", static_cast<long long>(value), "))");
    return value < 0 ? cat("(", static_cast<long long>(value), ")") : cat(static_cast<long long>(value));
  } else {
    if (value > std::numeric_limits<std::uint32_t>::max()) return cat("UINT64_C(", value, ")");
    return cat(static_cast<unsigned long long>(value), "u");
  }
}

}  // namespace

std::string c_type(DType dtype) {
  switch (dtype) {
    case DType::kBool: return "uint8_t";
    case DType::kFloat32: return "float";
    case DType::kFloat64: return "double";
    case DType::kFloat16:
    case DType::kBFloat16: throw InternalError(cat("C99 has no ", name_of(dtype)));
    default: return cat(name_of(dtype), "_t");
  }
}

std::string suffix(DType dtype) {
  if (dtype == bool_) return "bool";
  const std::string bits = cat(size_of(dtype) * 8);
  return (is_floating(dtype) ? "f" : is_signed_integer(dtype) ? "i" : "u") + bits;
}

std::string wrapping_type(DType dtype) { return size_of(dtype) > 4 ? "uint64_t" : "uint32_t"; }

std::string literal(const Tensor& values, std::int64_t at) {
  return dispatch(values.dtype(), [&](auto zero) -> std::string {
    using T = decltype(zero);
    const T value = values.data<T>()[at];
    if constexpr (std::is_same_v<T, bool>)
      return value ? "1" : "0";
    else if constexpr (std::is_integral_v<T>)
      return integer_literal(value);
    else
      return float_literal(static_cast<double>(value), sizeof(T) == 4);
  });
}

std::string literal(double value, DType dtype) { return literal(Tensor::full(Shape{}, value, dtype), 0); }

std::string identifier(const std::string& text) {
  std::string out;
  for (const char c : text)
    out += std::isalnum(static_cast<unsigned char>(c)) ? static_cast<char>(std::tolower(static_cast<unsigned char>(c)))
                                                       : '_';
  if (out.empty() || std::isdigit(static_cast<unsigned char>(out[0]))) out = "m_" + out;
  return out;
}

namespace {

std::string elements(const Tensor& values) {
  std::string out, line;
  for (std::int64_t i = 0; i < values.size(); ++i) {
    std::string item = literal(values, i);
    if (item[0] == '(' && item.back() == ')') item = item.substr(1, item.size() - 2);
    if (line.empty() || line.size() + item.size() > 110) {
      out += line;
      line = "\n ";
    }
    line += " " + item + ",";
  }
  return out + line + "\n";
}

}  // namespace

std::string table(const std::string& name, const Tensor& values, const std::string& comment) {
  return cat(comment.empty() ? "" : cat("/* ", comment_text(comment), " */\n"), "static const ", c_type(values.dtype()),
             " ", name, "[", values.size(), "] = {", elements(values), "};\n");
}

std::string word_table(const std::string& name, const Tensor& values) {
  return cat("static const union { ", c_type(values.dtype()), " q[", values.size(), "]; int32_t words; } ", name,
             " = {{", elements(values), "}};\n");
}

std::string comment_text(const std::string& text) {
  std::string out;
  for (const char c : text) {
    // Neither the end of the comment nor a character that is no plain text.
    if ((c == '/' && !out.empty() && out.back() == '*') || (c == '*' && !out.empty() && out.back() == '/')) out += ' ';
    out += c >= ' ' && c < 127 && c != '\\' ? c : '_';
  }
  return out;
}

void Writer::line(const std::string& text) {
  text_ += std::string(static_cast<std::size_t>(depth_) * 2, ' ') + text + "\n";
}

void Writer::open(const std::string& text) {
  line(text);
  ++depth_;
}

void Writer::close(int blocks) {
  for (; blocks > 0; --blocks) {
    --depth_;
    line("}");
  }
}

std::string Writer::fresh(const std::string& stem) { return cat(stem, next_++); }

}  // namespace cornu::c99
