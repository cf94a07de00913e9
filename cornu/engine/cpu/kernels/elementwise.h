// Names and signatures of the elementwise kernels on contiguous float32. The kernels stand in the table `Kernels`.
//
// The output may be one of the inputs (from the same element on), and nothing outside [0, n) is read or written.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace cornu::cpu {

enum class UnaryOp : std::uint8_t {
#define CORNU_UNARY(name) k##name,
#include "cornu/engine/cpu/kernels/elementwise.def"
};
enum class BinaryOp : std::uint8_t {
#define CORNU_BINARY(name) k##name,
#include "cornu/engine/cpu/kernels/elementwise.def"
};
enum class TernaryOp : std::uint8_t {
#define CORNU_TERNARY(name) k##name,
#include "cornu/engine/cpu/kernels/elementwise.def"
};

// The names in the order of the enumerations, for reports and tests.
inline constexpr const char* kUnaryNames[] = {
#define CORNU_UNARY(name) #name,
#include "cornu/engine/cpu/kernels/elementwise.def"
};
inline constexpr const char* kBinaryNames[] = {
#define CORNU_BINARY(name) #name,
#include "cornu/engine/cpu/kernels/elementwise.def"
};
inline constexpr const char* kTernaryNames[] = {
#define CORNU_TERNARY(name) #name,
#include "cornu/engine/cpu/kernels/elementwise.def"
};
inline constexpr std::size_t kUnaryCount = std::size(kUnaryNames);
inline constexpr std::size_t kBinaryCount = std::size(kBinaryNames);
inline constexpr std::size_t kTernaryCount = std::size(kTernaryNames);

// Which operands are one number (the pointer leads to it) instead of an array: bit 0 for the first, and so on.
using Scalars = unsigned;
inline constexpr Scalars kNoScalar = 0, kScalarA = 1, kScalarB = 2, kScalarC = 4;

using UnaryKernel = void (*)(const float* x, float* y, std::size_t n);
using BinaryKernel = void (*)(const float* a, const float* b, float* y, std::size_t n);
using TernaryKernel = void (*)(const float* a, const float* b, const float* c, float* y, std::size_t n);
// y[r, c] = m[r, c] op v, where v is v[c] (a row for all rows) or v[r] (a column for all columns).
using BroadcastKernel = void (*)(const float* m, const float* v, float* y, std::size_t rows, std::size_t columns);

enum class Broadcast : std::uint8_t {
  kRow,          // m[r, c] op v[c]
  kRowFirst,     // v[c] op m[r, c]
  kColumn,       // m[r, c] op v[r]
  kColumnFirst,  // v[r] op m[r, c]
};
inline constexpr std::size_t kBroadcastCount = 4;

struct ElementwiseKernels {
  std::array<UnaryKernel, kUnaryCount> unary{};
  std::array<std::array<BinaryKernel, 4>, kBinaryCount> binary{};     // [op][scalars]
  std::array<std::array<TernaryKernel, 8>, kTernaryCount> ternary{};  // [op][scalars]
  std::array<std::array<BroadcastKernel, kBroadcastCount>, kBinaryCount> broadcast{};

  UnaryKernel operator()(UnaryOp op) const { return unary[static_cast<std::size_t>(op)]; }
  BinaryKernel operator()(BinaryOp op, Scalars scalars = kNoScalar) const {
    return binary[static_cast<std::size_t>(op)][scalars];
  }
  TernaryKernel operator()(TernaryOp op, Scalars scalars = kNoScalar) const {
    return ternary[static_cast<std::size_t>(op)][scalars];
  }
  BroadcastKernel operator()(BinaryOp op, Broadcast form) const {
    return broadcast[static_cast<std::size_t>(op)][static_cast<std::size_t>(form)];
  }
};

// Copies with a change of type. A bool is one byte, 0 or 1, and a number becomes true unless it is 0.
struct ConvertKernels {
  void (*fill)(float value, float* y, std::size_t n) = nullptr;
  void (*from_uint8)(const std::uint8_t* x, float scale, float* y, std::size_t n) = nullptr;  // also from bool
  void (*to_bool)(const float* x, std::uint8_t* y, std::size_t n) = nullptr;
  void (*from_int32)(const std::int32_t* x, float* y, std::size_t n) = nullptr;
  void (*to_int32)(const float* x, std::int32_t* y, std::size_t n) = nullptr;  // towards zero
};

}  // namespace cornu::cpu
