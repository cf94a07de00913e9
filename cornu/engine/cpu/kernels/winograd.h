// Winograd's convolution F(2x2, 3x3): four results of a 3x3 window from 16 products instead of 36 (Lavin and Gray,
// "Fast Algorithms for Convolutional Neural Networks", 2015). Tiles of 4x4 elements of the image, every second row and
// column, are transformed; so is the kernel; 16 products of matrices follow, and their results are transformed into 2x2
// places each. The transforms add, subtract and halve, so that hardly more than a digit of float32 goes to rounding.
#pragma once

#include <cstddef>
#include <limits>

namespace cornu::cpu {

using Size = std::ptrdiff_t;

struct WinogradShape {
  Size batch = 1, height = 1, width = 1, channels = 1;  // of the image
  Size low_height = 0, low_width = 0;                   // zeros before it
  Size out_height = 1, out_width = 1, filters = 1;

  Size tiles_height() const { return (out_height + 1) / 2; }
  Size tiles_width() const { return (out_width + 1) / 2; }
  Size tiles() const { return batch * tiles_height() * tiles_width(); }
};

struct WinogradResult {
  float* out = nullptr;
  const float* bias = nullptr;  // null: none
  const float* add = nullptr;   // null: none; laid out as out
  const float* mask = nullptr;  // null: none; laid out as out, whose elements become 0 where this is not above 0
  bool relu = false;
  float most = std::numeric_limits<float>::infinity();
};

inline constexpr Size kWinogradPoints = 16;

struct WinogradKernels {
  // Tiles [begin, end): number (point, tile, channel) goes to to[(point * (end - begin) + tile - begin) * channels +
  // channel].
  void (*image)(const WinogradShape& shape, const float* image, Size begin, Size end, float* to) = nullptr;
  // The kernel (9, channels, filters), 16 times packed as pack_b() does; panels [begin, end) of filters.
  void (*kernel)(const WinogradShape& shape, const float* kernel, Size begin, Size end, float* to) = nullptr;
  // The products of tiles [begin, end), (point, tile, filter), to the places of the result.
  void (*result)(const WinogradShape& shape, const float* products, Size begin, Size end,
                 const WinogradResult& result) = nullptr;
};

}  // namespace cornu::cpu
