// Element types of tensors and graphs: Keras's names, sizes in bytes, and promotion classes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "cornu/core/half.h"

namespace cornu {

enum class DType : std::uint8_t {
  kBool,
  kInt8,
  kInt16,
  kInt32,
  kInt64,
  kUInt8,
  kUInt16,
  kUInt32,
  kUInt64,
  kFloat16,
  kBFloat16,
  kFloat32,
  kFloat64,
};

// Keras's spelling, so that `x.astype(float32)` reads like its original.
inline constexpr DType bool_ = DType::kBool;
inline constexpr DType int8 = DType::kInt8;
inline constexpr DType int16 = DType::kInt16;
inline constexpr DType int32 = DType::kInt32;
inline constexpr DType int64 = DType::kInt64;
inline constexpr DType uint8 = DType::kUInt8;
inline constexpr DType uint16 = DType::kUInt16;
inline constexpr DType uint32 = DType::kUInt32;
inline constexpr DType uint64 = DType::kUInt64;
inline constexpr DType float16 = DType::kFloat16;
inline constexpr DType bfloat16 = DType::kBFloat16;
inline constexpr DType float32 = DType::kFloat32;
inline constexpr DType float64 = DType::kFloat64;

// Bytes of one element.
std::size_t size_of(DType dtype);
// "float32", "bool", ... as Keras and numpy write it.
std::string_view name_of(DType dtype);
// Inverse of name_of. Throws ValueError for an unknown name.
DType dtype_from_name(std::string_view name);

inline bool is_floating(DType d) { return d >= DType::kFloat16; }
inline bool is_signed_integer(DType d) { return d >= DType::kInt8 && d <= DType::kInt64; }
inline bool is_unsigned_integer(DType d) { return d >= DType::kUInt8 && d <= DType::kUInt64; }
inline bool is_integer(DType d) { return is_signed_integer(d) || is_unsigned_integer(d); }

// The DType of a C++ element type.
template <class T>
struct DTypeOf;
#define CORNU_DTYPE_OF(type, value)               \
  template <>                                     \
  struct DTypeOf<type> {                          \
    static constexpr DType kValue = DType::value; \
  };
CORNU_DTYPE_OF(bool, kBool)
CORNU_DTYPE_OF(std::int8_t, kInt8)
CORNU_DTYPE_OF(std::int16_t, kInt16)
CORNU_DTYPE_OF(std::int32_t, kInt32)
CORNU_DTYPE_OF(std::int64_t, kInt64)
CORNU_DTYPE_OF(std::uint8_t, kUInt8)
CORNU_DTYPE_OF(std::uint16_t, kUInt16)
CORNU_DTYPE_OF(std::uint32_t, kUInt32)
CORNU_DTYPE_OF(std::uint64_t, kUInt64)
CORNU_DTYPE_OF(Half, kFloat16)
CORNU_DTYPE_OF(BFloat16, kBFloat16)
CORNU_DTYPE_OF(float, kFloat32)
CORNU_DTYPE_OF(double, kFloat64)
#undef CORNU_DTYPE_OF
template <class T>
inline constexpr DType dtype_of = DTypeOf<T>::kValue;

// Calls f with a value of the C++ type that belongs to `dtype`: dispatch(d, [&](auto zero) { using T = decltype(zero);
// ... }).
template <class F>
decltype(auto) dispatch(DType dtype, F&& f) {
  switch (dtype) {
    case DType::kBool: return f(bool{});
    case DType::kInt8: return f(std::int8_t{});
    case DType::kInt16: return f(std::int16_t{});
    case DType::kInt32: return f(std::int32_t{});
    case DType::kInt64: return f(std::int64_t{});
    case DType::kUInt8: return f(std::uint8_t{});
    case DType::kUInt16: return f(std::uint16_t{});
    case DType::kUInt32: return f(std::uint32_t{});
    case DType::kUInt64: return f(std::uint64_t{});
    case DType::kFloat16: return f(Half{});
    case DType::kBFloat16: return f(BFloat16{});
    case DType::kFloat32: return f(float{});
    case DType::kFloat64: break;
  }
  return f(double{});
}

}  // namespace cornu
