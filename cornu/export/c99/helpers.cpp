#include "cornu/export/c99/helpers.h"

#include <cctype>
#include <limits>

#include "cornu/core/error.h"
#include "cornu/export/c99/c_text.h"

namespace cornu::c99 {
namespace {

using ir::Op;

bool is_literal(const std::string& x) {
  return !x.empty() && (std::isdigit(static_cast<unsigned char>(x[0])) ||
                        (x[0] == '(' && x[1] == '-' && std::isdigit(static_cast<unsigned char>(x[2]))));
}

std::string wrapped(DType dtype, const std::string& a, const char* op, const std::string& b) {
  const std::string u = wrapping_type(dtype);
  return cat("((", c_type(dtype), ")((", u, ")", a, " ", op, " (", u, ")", b, "))");
}

[[noreturn]] void unknown(Op op, DType dtype) {
  throw InternalError(cat("no C for ", name_of(op), " of ", name_of(dtype)));  // infer_types lets none through
}

// "$T" is the type, "$U" the one in which it wraps around.
std::string filled(std::string text, DType dtype) {
  for (const auto& [from, to] :
       {std::pair<std::string, std::string>{"$T", c_type(dtype)}, {"$U", wrapping_type(dtype)}})
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
      text.replace(at, 2, to);
  return text;
}

constexpr const char* kPower =
    "  $T result = 1;\n"
    "  if (b < 0) return a == 1 ? ($T)1 : a == -1 ? ($T)(b % 2 == 0 ? 1 : -1) : ($T)0;\n"
    "  for (; b > 0; b = ($T)(b / 2)) {\n"
    "    if (b % 2 == 1) result = ($T)(($U)result * ($U)a);\n"
    "    a = ($T)(($U)a * ($U)a);\n"
    "  }\n"
    "  return result;\n";
constexpr const char* kUnsignedPower =
    "  $T result = 1;\n"
    "  for (; b > 0; b = ($T)(b / 2)) {\n"
    "    if (b % 2 == 1) result = ($T)(($U)result * ($U)a);\n"
    "    a = ($T)(($U)a * ($U)a);\n"
    "  }\n"
    "  return result;\n";

}  // namespace

std::string Helpers::call(const std::string& stem, DType dtype, const std::string& body,
                          const std::vector<std::string>& x) {
  const std::string name = cat(stem, "_", suffix(dtype));
  static constexpr const char* kParameters[] = {"a", "b"};
  std::vector<std::string> parameters;
  for (std::size_t i = 0; i < x.size(); ++i) parameters.push_back(cat("$T ", kParameters[i]));
  functions_[name] = filled(cat("static $T ", name, "(", join(parameters, ", "), ") {\n", body, "}\n"), dtype);
  return cat(name, "(", join(x, ", "), ")");
}

// A NaN on either side is the result; against a number that is known, one comparison is enough, and else mostly.
std::string Helpers::extremum(bool maximum, DType dtype, const std::vector<std::string>& x) {
  const std::string stem = maximum ? "max" : "min", beats = maximum ? " > " : " < ", loses = maximum ? " < " : " > ";
  if (!is_floating(dtype)) return call(stem, dtype, cat("  return a", beats, "b ? a : b;\n"), x);
  if (is_literal(x[1])) return call(stem + "_number", dtype, cat("  return a", loses, "b ? b : a;\n"), x);
  if (is_literal(x[0])) return extremum(maximum, dtype, {x[1], x[0]});
  return call(stem, dtype, cat("  return a", maximum ? " >= " : " <= ", "b || a != a ? a : b;\n"), x);
}

std::string Helpers::floats(Op op, DType dtype, const std::vector<std::string>& x) {
  const std::string f = dtype == float32 ? "f" : "";
  const std::string one = literal(1, dtype);
  const auto math = [&](const char* name) { return cat(name, f, "(", join(x, ", "), ")"); };
  const auto infix = [&](const char* sign) { return cat("(", x[0], " ", sign, " ", x[1], ")"); };
  switch (op) {
    case Op::kAbs: return math("fabs");
    case Op::kCeil: return math("ceil");
    case Op::kCosine: return math("cos");
    case Op::kErf: return math("erf");
    case Op::kExponential: return math("exp");
    case Op::kExponentialMinusOne: return math("expm1");
    case Op::kFloor: return math("floor");
    case Op::kLog: return math("log");
    case Op::kLogPlusOne: return math("log1p");
    case Op::kLogistic: return call("logistic", dtype, cat("  return ", one, " / (", one, " + exp", f, "(-a));\n"), x);
    case Op::kNegate: return cat("(-", x[0], ")");
    case Op::kRoundNearestEven: return math("nearbyint");
    case Op::kRsqrt: return cat("(", one, " / ", math("sqrt"), ")");
    case Op::kSign: return call("sign", dtype, "  return a != a || a == 0 ? a : ($T)(a < 0 ? -1 : 1);\n", x);
    case Op::kSine: return math("sin");
    case Op::kSqrt: return math("sqrt");
    case Op::kStopGradient: return x[0];
    case Op::kTanh: return math("tanh");
    case Op::kAdd: return infix("+");
    case Op::kDivide: return infix("/");
    case Op::kMaximum: return extremum(true, dtype, x);
    case Op::kMinimum: return extremum(false, dtype, x);
    case Op::kMultiply: return infix("*");
    case Op::kPower: return math("pow");
    case Op::kRemainder: return math("fmod");
    case Op::kSubtract: return infix("-");
    default: unknown(op, dtype);
  }
}

std::string Helpers::integers(Op op, DType dtype, const std::vector<std::string>& x) {
  const bool is_signed = is_signed_integer(dtype);
  const auto bits = [&](const char* sign) {
    return dtype == bool_ ? cat("(", x[0], " ", sign, " ", x[1], ")")
                          : cat("((", c_type(dtype), ")(", x[0], " ", sign, " ", x[1], "))");
  };
  switch (op) {
    case Op::kNot: return dtype == bool_ ? cat("(!", x[0], ")") : cat("((", c_type(dtype), ")~", x[0], ")");
    case Op::kStopGradient: return x[0];
    case Op::kAnd: return bits("&");
    case Op::kOr: return bits("|");
    case Op::kXor: return bits("^");
    case Op::kAbs: return is_signed ? call("abs", dtype, "  return a < 0 ? ($T)(0u - ($U)a) : a;\n", x) : x[0];
    case Op::kNegate: return wrapped(dtype, "0", "-", x[0]);
    case Op::kSign:
      return is_signed ? call("sign", dtype, "  return ($T)(a < 0 ? -1 : a > 0);\n", x)
                       : call("sign", dtype, "  return ($T)(a != 0);\n", x);
    case Op::kAdd: return wrapped(dtype, x[0], "+", x[1]);
    case Op::kSubtract: return wrapped(dtype, x[0], "-", x[1]);
    case Op::kMultiply: return wrapped(dtype, x[0], "*", x[1]);
    case Op::kMaximum: return extremum(true, dtype, x);
    case Op::kMinimum: return extremum(false, dtype, x);
    case Op::kDivide:
      return call("divide", dtype,
                  cat("  if (b == 0) return ($T)-1;\n", is_signed ? "  if (b == -1) return ($T)(0u - ($U)a);\n" : "",
                      "  return ($T)(a / b);\n"),
                  x);
    case Op::kRemainder:
      return call(
          "remainder", dtype,
          cat("  if (b == 0) return a;\n", is_signed ? "  if (b == -1) return 0;\n" : "", "  return ($T)(a % b);\n"),
          x);
    case Op::kPower: return call("power", dtype, is_signed ? kPower : kUnsignedPower, x);
    default: unknown(op, dtype);
  }
}

std::string Helpers::apply(Op op, DType dtype, const std::vector<std::string>& x) {
  return is_floating(dtype) ? floats(op, dtype, x) : integers(op, dtype, x);
}

// Towards zero; numbers beyond the type become its end, NaN becomes 0.
std::string Helpers::convert(DType from, DType to, const std::string& x) {
  if (from == to) return x;
  if (to == bool_) return cat("(", x, " != 0)");
  if (!is_floating(from) || is_floating(to)) return cat("((", c_type(to), ")", x, ")");
  const std::string name = cat("convert_", suffix(from), "_", suffix(to)), type = c_type(to);
  const auto [low, high] = dispatch(to, [](auto zero) {
    using Limits = std::numeric_limits<decltype(zero)>;
    return std::pair(static_cast<double>(Limits::lowest()), static_cast<double>(Limits::max()));
  });
  std::string smallest = "0", largest = cat("(", type, ")-1");
  if (is_signed_integer(to)) {
    smallest = cat(lower(type) == "int64_t" ? "INT64" : cat("INT", size_of(to) * 8), "_MIN");
    largest = cat("INT", size_of(to) * 8, "_MAX");
  }
  functions_[name] =
      cat("static ", type, " ", name, "(", c_type(from),
          " a) {\n  if (a != a) return 0;\n  if (a >= ", literal(high, from), ") return ", largest,
          ";\n  if (a <= ", literal(low, from), ") return ", smallest, ";\n  return (", type, ")a;\n}\n");
  return cat(name, "(", x, ")");
}

std::string Helpers::compare(ir::Comparison direction, DType dtype, const std::string& a, const std::string& b) {
  static constexpr const char* kSigns[] = {"==", "!=", "<", "<=", ">", ">="};
  static constexpr const char* kNames[] = {"equal", "not_equal", "less", "less_equal", "greater", "greater_equal"};
  const auto i = static_cast<std::size_t>(direction);
  if (is_floating(dtype) || is_signed_integer(dtype)) return cat("(", a, " ", kSigns[i], " ", b, ")");
  // Compilers warn of an unsigned number that is compared with 0, but not inside of a function.
  const std::string name = cat(kNames[i], "_", suffix(dtype)), type = c_type(dtype);
  functions_[name] = cat("static int ", name, "(", type, " a, ", type, " b) {\n  return a ", kSigns[i], " b;\n}\n");
  return cat(name, "(", a, ", ", b, ")");
}

// C99 without extensions lets no compiler contract by itself.
std::string Helpers::more(DType dtype, const std::string& sum, const std::string& x, const std::string& w) {
  if (dtype != float32) return apply(Op::kAdd, dtype, {sum, apply(Op::kMultiply, dtype, {x, w})});
  functions_["more_f32"] =
      "static inline float more_f32(float sum, float x, float w) {\n"
      "#if defined(__FP_FAST_FMAF)\n"
      "  return fmaf(x, w, sum);\n"
      "#else\n"
      "  return sum + x * w;\n"
      "#endif\n"
      "}\n";
  return cat("more_f32(", join(std::vector<std::string>{sum, x, w}, ", "), ")");
}

std::string Helpers::fold(ir::Reduction kind, DType dtype, const std::string& a, const std::string& b) {
  switch (kind) {
    case ir::Reduction::kSum: return apply(Op::kAdd, dtype, {a, b});
    case ir::Reduction::kProduct: return apply(Op::kMultiply, dtype, {a, b});
    case ir::Reduction::kMaximum: return apply(Op::kMaximum, dtype, {a, b});
    case ir::Reduction::kMinimum: return apply(Op::kMinimum, dtype, {a, b});
    case ir::Reduction::kAnd: return apply(Op::kAnd, dtype, {a, b});
    case ir::Reduction::kOr: return apply(Op::kOr, dtype, {a, b});
  }
  throw InternalError("a reduction of no kind");
}

std::string Helpers::identity(ir::Reduction kind, DType dtype) {
  const bool maximum = kind == ir::Reduction::kMaximum;
  if (maximum || kind == ir::Reduction::kMinimum)
    return dispatch(dtype, [&](auto zero) -> std::string {
      using T = decltype(zero);
      Tensor end = Tensor::empty(Shape{}, dtype);
      if constexpr (std::is_integral_v<T>)
        *end.mutable_data<T>() = maximum ? std::numeric_limits<T>::lowest() : std::numeric_limits<T>::max();
      else
        return literal(maximum ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity(),
                       dtype);
      return literal(end, 0);
    });
  return literal(kind == ir::Reduction::kProduct || kind == ir::Reduction::kAnd ? 1 : 0, dtype);
}

std::string Helpers::clamped(DType dtype, const std::string& index, std::int64_t last) {
  const std::string name = cat("clamped_", suffix(dtype));
  const std::string low = is_signed_integer(dtype) ? "  if (a < 0) return 0;\n" : "";
  // The end is compared in 64 bits, which hold every index that there can be.
  const std::string wide = is_signed_integer(dtype) ? "int64_t" : "uint64_t";
  functions_[name] = cat("static int ", name, "(", c_type(dtype), " a, int last) {\n", low, "  return (", wide,
                         ")a > (", wide, ")last ? last : (int)a;\n}\n");
  return cat(name, "(", index, ", ", last, ")");
}

std::string Helpers::text() const {
  std::string out;
  for (const auto& [name, text] : functions_) out += text + "\n";
  return out;
}

}  // namespace cornu::c99
