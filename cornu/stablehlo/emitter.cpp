#include "cornu/stablehlo/emitter.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include "cornu/core/text.h"

namespace cornu::stablehlo {
namespace {

// The bytes of the elements, as "0x..." in the order of memory.
std::string hexadecimal(const void* data, std::size_t bytes) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  const auto* from = static_cast<const unsigned char*>(data);
  std::string out = "0x";
  out.reserve(2 + 2 * bytes);
  for (std::size_t i = 0; i < bytes; ++i) {
    out += kDigits[from[i] >> 4];
    out += kDigits[from[i] & 15];
  }
  return out;
}

// The bits of one float, the highest digit first.
std::string float_bits(const Tensor& one) {
  const std::size_t bytes = one.bytes();
  std::string reversed(bytes, '\0');
  std::memcpy(reversed.data(), one.raw(), bytes);
  std::reverse(reversed.begin(), reversed.end());
  return hexadecimal(reversed.data(), bytes);
}

std::string element_text(const Tensor& one) {
  if (one.dtype() == bool_) return *one.data<bool>() ? "true" : "false";
  if (is_floating(one.dtype())) return float_bits(one);
  return dispatch(one.dtype(), [&](auto zero) -> std::string {
    using T = decltype(zero);
    if constexpr (std::is_integral_v<T>)
      return std::to_string(+*one.data<T>());
    else
      return "";
  });
}

bool all_equal(const Tensor& value) {
  const auto* bytes = static_cast<const unsigned char*>(value.raw());
  const std::size_t size = size_of(value.dtype());
  return value.size() > 0 && std::memcmp(bytes, bytes + size, value.bytes() - size) == 0;
}

// "%i, %zero, %zero" and their types: where line i begins.
std::pair<std::string, std::string> begin_of_line(const Ref& x, const Ref& i, const Ref& zero) {
  std::string names = i.name, types = text_of(i.type);
  for (int axis = 1; axis < x.shape().rank(); ++axis) {
    names += cat(", ", zero.name);
    types += cat(", ", text_of(zero.type));
  }
  return {names, types};
}

}  // namespace

std::string text_of(DType dtype) {
  switch (dtype) {
    case DType::kBool: return "i1";
    case DType::kInt8: return "i8";
    case DType::kInt16: return "i16";
    case DType::kInt32: return "i32";
    case DType::kInt64: return "i64";
    case DType::kUInt8: return "ui8";
    case DType::kUInt16: return "ui16";
    case DType::kUInt32: return "ui32";
    case DType::kUInt64: return "ui64";
    case DType::kFloat16: return "f16";
    case DType::kBFloat16: return "bf16";
    case DType::kFloat32: return "f32";
    case DType::kFloat64: return "f64";
  }
  return "";
}

std::string text_of(const ir::Type& type) {
  std::string out = "tensor<";
  for (const std::int64_t d : type.shape.dims()) out += std::to_string(d) + "x";
  return out + text_of(type.dtype) + ">";
}

void Emitter::line(const std::string& text) { lines_ += "    " + text + "\n"; }

Ref Emitter::let(const std::string& text, const ir::Type& type) {
  Ref out{fresh(), type};
  line(cat(out.name, " = ", text));
  return out;
}

Ref Emitter::call(const std::string& head, const std::vector<Ref>& operands, const ir::Type& type,
                  const std::string& attributes) {
  std::string names, types;
  for (const Ref& r : operands) {
    names += (names.empty() ? "" : ", ") + r.name;
    types += (types.empty() ? "" : ", ") + text_of(r.type);
  }
  return let(cat(head, "(", names, ")", attributes, " : (", types, ") -> ", text_of(type)), type);
}

Ref Emitter::same(std::string_view op, const std::vector<Ref>& operands) {
  std::string names;
  for (const Ref& r : operands) names += (names.empty() ? "" : ", ") + r.name;
  return let(cat("stablehlo.", op, " ", names, " : ", text_of(operands[0].type)), operands[0].type);
}

Ref Emitter::compare(ir::Comparison direction, const Ref& a, const Ref& b) {
  static constexpr const char* kWords[] = {"EQ", "NE", "LT", "LE", "GT", "GE"};
  const bool is_unsigned = a.dtype() == bool_ || text_of(a.dtype())[0] == 'u';
  return let(cat("stablehlo.compare ", kWords[static_cast<int>(direction)], ", ", a.name, ", ", b.name, ", ",
                 is_floating(a.dtype()) ? "FLOAT"
                 : is_unsigned          ? "UNSIGNED"
                                        : "SIGNED",
                 " : (", text_of(a.type), ", ", text_of(b.type), ") -> ", text_of({bool_, a.shape()})),
             {bool_, a.shape()});
}

Ref Emitter::select(const Ref& condition, const Ref& a, const Ref& b) {
  return let(cat("stablehlo.select ", condition.name, ", ", a.name, ", ", b.name, " : ", text_of(condition.type), ", ",
                 text_of(a.type)),
             a.type);
}

Ref Emitter::convert(const Ref& x, DType dtype) {
  if (x.dtype() == dtype) return x;
  const ir::Type type{dtype, x.shape()};
  return let(cat("stablehlo.convert ", x.name, " : (", text_of(x.type), ") -> ", text_of(type)), type);
}

Ref Emitter::reshape(const Ref& x, const Shape& shape) {
  if (x.shape() == shape) return x;
  const ir::Type type{x.dtype(), shape};
  return let(cat("stablehlo.reshape ", x.name, " : (", text_of(x.type), ") -> ", text_of(type)), type);
}

Ref Emitter::broadcast(const Ref& x, const Shape& shape, const ir::Axes& dims) {
  const ir::Type type{x.dtype(), shape};
  return let(cat("stablehlo.broadcast_in_dim ", x.name, ", dims = [", comma_list(dims), "] : (", text_of(x.type),
                 ") -> ", text_of(type)),
             type);
}

Ref Emitter::iota(const ir::Type& type, int axis) {
  return let(cat("stablehlo.iota dim = ", axis, " : ", text_of(type)), type);
}

Ref Emitter::constant(const Tensor& value) {
  const ir::Type type{value.dtype(), value.shape()};
  std::string elements;
  if (value.size() == 0) {
    elements = "";
  } else if (all_equal(value)) {
    elements = element_text(value.reshape({value.size()}).rows(0, 1));
  } else if (value.dtype() == bool_) {
    // A number for each, then asked: packed bits have no form for people.
    return compare(ir::Comparison::kNotEqual, constant(value.astype(DType::kUInt8)),
                   number(0, {DType::kUInt8, value.shape()}));
  } else {
    elements = cat("\"", hexadecimal(value.raw(), value.bytes()), "\"");
  }
  return let(cat("stablehlo.constant dense<", elements, "> : ", text_of(type)), type);
}

Ref Emitter::number(double value, const ir::Type& type) {
  return let(
      cat("stablehlo.constant dense<", element_text(Tensor::full({1}, value, type.dtype)), "> : ", text_of(type)),
      type);
}

Ref Emitter::slice(const Ref& x, const ir::Dims& start, const ir::Dims& limit, const ir::Dims& stride) {
  std::string axes;
  ir::Type type = x.type;
  for (int i = 0; i < x.shape().rank(); ++i) {
    const auto a = static_cast<std::size_t>(i);
    axes += cat(i ? ", " : "", start[a], ":", limit[a], ":", stride[a]);
    type.shape[i] = (limit[a] - start[a] + stride[a] - 1) / stride[a];
  }
  return let(cat("stablehlo.slice ", x.name, " [", axes, "] : (", text_of(x.type), ") -> ", text_of(type)), type);
}

Ref Emitter::line_of(const Ref& x, const Ref& i, const Ref& zero) {
  ir::Type type = x.type;
  type.shape[0] = 1;
  const auto [names, types] = begin_of_line(x, i, zero);
  const Ref line =
      let(cat("stablehlo.dynamic_slice ", x.name, ", ", names, ", sizes = [", comma_list(type.shape.dims()), "] : (",
              text_of(x.type), ", ", types, ") -> ", text_of(type)),
          type);
  return reshape(line, x.shape().slice(1, x.shape().rank()));
}

Ref Emitter::with_line(const Ref& x, const Ref& line, const Ref& i, const Ref& zero) {
  const Ref row = reshape(line, line.shape().with_batch(1));
  const auto [names, types] = begin_of_line(x, i, zero);
  return let(cat("stablehlo.dynamic_update_slice ", x.name, ", ", row.name, ", ", names, " : (", text_of(x.type), ", ",
                 text_of(row.type), ", ", types, ") -> ", text_of(x.type)),
             x.type);
}

Ref Emitter::transpose(const Ref& x, const ir::Axes& permutation) {
  ir::Type type = x.type;
  for (std::size_t i = 0; i < permutation.size(); ++i) type.shape[static_cast<int>(i)] = x.shape()[permutation[i]];
  return let(cat("stablehlo.transpose ", x.name, ", dims = [", comma_list(permutation), "] : (", text_of(x.type),
                 ") -> ", text_of(type)),
             type);
}

Ref Emitter::reverse(const Ref& x, const ir::Axes& axes) {
  return let(cat("stablehlo.reverse ", x.name, ", dims = [", comma_list(axes), "] : ", text_of(x.type)), x.type);
}

Ref Emitter::pad(const Ref& x, const Ref& value, const ir::Dims& low, const ir::Dims& high, const ir::Dims& interior) {
  ir::Type type = x.type;
  for (int i = 0; i < x.shape().rank(); ++i) {
    const auto a = static_cast<std::size_t>(i);
    const std::int64_t n = x.shape()[i];
    type.shape[i] = low[a] + high[a] + (n == 0 ? 0 : n + (n - 1) * interior[a]);
  }
  return let(cat("stablehlo.pad ", x.name, ", ", value.name, ", low = [", comma_list(low), "], high = [",
                 comma_list(high), "], interior = [", comma_list(interior), "] : (", text_of(x.type), ", ",
                 text_of(value.type), ") -> ", text_of(type)),
             type);
}

Ref Emitter::is_nan(const Ref& x) {
  if (is_floating(x.dtype())) return compare(ir::Comparison::kNotEqual, x, x);
  return number(0, {bool_, x.shape()});
}

std::string_view Emitter::folding(ir::Reduction kind) {
  switch (kind) {
    case ir::Reduction::kSum: return "add";
    case ir::Reduction::kProduct: return "multiply";
    case ir::Reduction::kMaximum: return "maximum";
    case ir::Reduction::kMinimum: return "minimum";
    case ir::Reduction::kAnd: return "and";
    case ir::Reduction::kOr: return "or";
  }
  return "";
}

Ref Emitter::identity(ir::Reduction kind, DType dtype) {
  const ir::Type scalar{dtype, {}};
  switch (kind) {
    case ir::Reduction::kSum:
    case ir::Reduction::kOr: return number(0, scalar);
    case ir::Reduction::kProduct:
    case ir::Reduction::kAnd: return number(1, scalar);
    case ir::Reduction::kMaximum:
    case ir::Reduction::kMinimum: break;
  }
  const bool least = kind == ir::Reduction::kMaximum;
  if (is_floating(dtype)) {
    const double infinity = std::numeric_limits<double>::infinity();
    return number(least ? -infinity : infinity, scalar);
  }
  if (dtype == bool_) return number(least ? 0 : 1, scalar);
  return dispatch(dtype, [&](auto zero) -> Ref {
    using T = decltype(zero);
    using Limits = std::numeric_limits<T>;
    if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>)
      return constant(Tensor::scalar<T>(least ? Limits::min() : Limits::max()));
    else
      return number(0, scalar);
  });
}

std::string Emitter::region_of(std::string_view op, DType dtype) {
  const std::string type = text_of({dtype, {}});
  return cat("({\n    ^bb0(%p: ", type, ", %q: ", type, "):\n      %r = stablehlo.", op, " %p, %q : ", type,
             "\n      stablehlo.return %r : ", type, "\n    })");
}

bool Emitter::loses_digits(ir::Reduction kind, DType dtype) {
  const bool adds = kind == ir::Reduction::kSum || kind == ir::Reduction::kProduct;
  return adds && is_floating(dtype) && size_of(dtype) == 2;
}

Ref Emitter::reduce(ir::Reduction kind, const Ref& x, const ir::Axes& axes) {
  // Compilers add in the dtype that the module says, and a sum of 16 bits stands still after a few hundred terms.
  if (loses_digits(kind, x.dtype())) return convert(reduce(kind, convert(x, float32), axes), x.dtype());
  ir::Type type{x.dtype(), {}};
  for (int i = 0; i < x.shape().rank(); ++i)
    if (std::find(axes.begin(), axes.end(), i) == axes.end()) type.shape.push_back(x.shape()[i]);
  const Ref start = identity(kind, x.dtype());
  return let(cat("stablehlo.reduce(", x.name, " init: ", start.name, ") applies stablehlo.", folding(kind),
                 " across dimensions = [", comma_list(axes), "] : (", text_of(x.type), ", ", text_of(start.type),
                 ") -> ", text_of(type)),
             type);
}

}  // namespace cornu::stablehlo
