#include "cornu/engine/cpu/row_ops.h"

#include <algorithm>
#include <cstring>

#include "cornu/engine/cpu/computed_types.h"
#include "cornu/passes/scalar_ops.h"

namespace cornu::cpu {
namespace {

// Sums of floats are kept in double: the plain loop is no place to save.
template <class T>
using Wide = std::conditional_t<std::is_floating_point_v<scalar::Compute<T>>, double, scalar::Compute<T>>;

template <ir::Reduction kKind, class T>
void reduce_rows(const void* in, void* out, std::int64_t rows, std::int64_t columns) {
  const T* x = static_cast<const T*>(in);
  for (std::int64_t r = 0; r < rows; ++r, x += columns) {
    auto result = scalar::reduction_identity<Wide<T>>(kKind);
    for (std::int64_t c = 0; c < columns; ++c)
      result = scalar::fold<kKind>(result, static_cast<Wide<T>>(scalar::load(x[c])));
    static_cast<T*>(out)[r] = scalar::store<T>(result);
  }
}

template <class T>
void argmax_rows(const void* in, void* out, std::int64_t rows, std::int64_t columns) {
  const T* x = static_cast<const T*>(in);
  for (std::int64_t r = 0; r < rows; ++r, x += columns) {
    std::int64_t best = 0;
    auto record = scalar::load(x[0]);
    for (std::int64_t c = 1; c < columns; ++c) {
      const auto value = scalar::load(x[c]);
      if (value > record || (value != value && record == record)) {
        best = c;
        record = value;
      }
    }
    static_cast<std::int32_t*>(out)[r] = static_cast<std::int32_t>(best);
  }
}

template <class T>
void spread_rows(const void* in, void* out, std::int64_t rows, std::int64_t columns) {
  T* y = static_cast<T*>(out);
  for (std::int64_t r = 0; r < rows; ++r, y += columns) std::fill_n(y, columns, static_cast<const T*>(in)[r]);
}

template <class T>
void spread_columns(const void* in, void* out, std::int64_t rows, std::int64_t columns) {
  T* y = static_cast<T*>(out);
  for (std::int64_t r = 0; r < rows; ++r, y += columns)
    std::memcpy(y, in, static_cast<std::size_t>(columns) * sizeof(T));
}

template <class T>
void splat(const void* a, const void*, const void*, void* out, std::int64_t n) {
  std::fill_n(static_cast<T*>(out), n, *static_cast<const T*>(a));
}

template <std::size_t kBytes>
void copy(const void* a, const void*, const void*, void* out, std::int64_t n) {
  std::memcpy(out, a, static_cast<std::size_t>(n) * kBytes);
}

}  // namespace

RowsFunction row_reduce_function(ir::Reduction kind, DType dtype) {
  using ir::Reduction;
  return dispatch_computed(dtype, [kind](auto zero) -> RowsFunction {
    using T = decltype(zero);
    switch (kind) {
      case Reduction::kSum: return reduce_rows<Reduction::kSum, T>;
      case Reduction::kProduct: return reduce_rows<Reduction::kProduct, T>;
      case Reduction::kMaximum: return reduce_rows<Reduction::kMaximum, T>;
      case Reduction::kMinimum: return reduce_rows<Reduction::kMinimum, T>;
      case Reduction::kAnd: return reduce_rows<Reduction::kAnd, T>;
      case Reduction::kOr: return reduce_rows<Reduction::kOr, T>;
    }
    return nullptr;
  });
}

RowsFunction row_argmax_function(DType dtype) {
  return dispatch_computed(dtype, [](auto zero) -> RowsFunction { return argmax_rows<decltype(zero)>; });
}

void column_argmax(const void* in, void* out, std::int64_t rows, std::int64_t columns) {
  constexpr std::int64_t kBlock = 64;  // columns whose records stay in registers and the cache
  const float* x = static_cast<const float*>(in);
  auto* y = static_cast<std::int32_t*>(out);
  float record[kBlock];
  for (std::int64_t j0 = 0; j0 < columns; j0 += kBlock) {
    const std::int64_t n = std::min(kBlock, columns - j0);
    std::copy_n(x + j0, n, record);
    std::fill_n(y + j0, n, 0);
    for (std::int64_t i = 1; i < rows; ++i) {
      const float* row = x + i * columns + j0;
      for (std::int64_t j = 0; j < n; ++j) {
        // A NaN beats numbers, and nothing beats a NaN.
        const bool wins = !(row[j] <= record[j]) & (record[j] == record[j]);
        record[j] = wins ? row[j] : record[j];
        y[j0 + j] = wins ? static_cast<std::int32_t>(i) : y[j0 + j];
      }
    }
  }
}

#define CORNU_BY_BYTES(name, type, function)   \
  type name(std::size_t bytes) {               \
    switch (bytes) {                           \
      case 1: return function<std::uint8_t>;   \
      case 2: return function<std::uint16_t>;  \
      case 4: return function<std::uint32_t>;  \
      default: return function<std::uint64_t>; \
    }                                          \
  }
CORNU_BY_BYTES(spread_rows_function, RowsFunction, spread_rows)
CORNU_BY_BYTES(spread_columns_function, RowsFunction, spread_columns)
CORNU_BY_BYTES(splat_function, VectorFunction, splat)
#undef CORNU_BY_BYTES

VectorFunction copy_function(std::size_t bytes) {
  switch (bytes) {
    case 1: return copy<1>;
    case 2: return copy<2>;
    case 4: return copy<4>;
    default: return copy<8>;
  }
}

}  // namespace cornu::cpu
