// Kernels that move and convert: transposition, changes of type.
#include "cornu/engine/cpu/kernels/highway_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cornu/engine/cpu/kernels/move_kernels.cpp"
#include "hwy/foreach_target.h"

#include <algorithm>

#include "cornu/engine/cpu/kernels/kernels.h"
#include "cornu/engine/cpu/kernels/transpose-inl.h"

HWY_BEFORE_NAMESPACE();
namespace cornu::cpu::HWY_NAMESPACE {
namespace {

void fill(float value, float* y, std::size_t n) { std::fill(y, y + n, value); }

void from_uint8(const std::uint8_t* x, float scale, float* y, std::size_t n) {
  const hn::Rebind<std::uint8_t, Ints> bytes;
  const Vector factor = all(scale);
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    const auto wide = hn::PromoteTo(Ints(), hn::LoadU(bytes, x + i));
    store(hn::Mul(hn::ConvertTo(Floats(), wide), factor), y + i);
  }
  for (; i < n; ++i) y[i] = static_cast<float>(x[i]) * scale;
}

void to_bool(const float* x, std::uint8_t* y, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) y[i] = x[i] != 0.0f;
}

void from_int32(const std::int32_t* x, float* y, std::size_t n) {
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) store(hn::ConvertTo(Floats(), hn::LoadU(Ints(), x + i)), y + i);
  for (; i < n; ++i) y[i] = static_cast<float>(x[i]);
}

void to_int32(const float* x, std::int32_t* y, std::size_t n) {
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) hn::StoreU(hn::ConvertTo(Ints(), load(x + i)), Ints(), y + i);
  if (i == n) return;
  HWY_ALIGN std::int32_t last[kLanes];
  hn::Store(hn::ConvertTo(Ints(), load_first(x + i, n - i)), Ints(), last);
  std::copy(last, last + (n - i), y + i);
}

// Squares of this side keep both their reads and their writes in the L1 cache.
constexpr Size kSquare = 32;

void transpose(const float* x, std::size_t x_stride, std::size_t rows, std::size_t columns, float* y,
               std::size_t y_stride) {
  const Size ldx = static_cast<Size>(x_stride), ldy = static_cast<Size>(y_stride);
  const Size height = static_cast<Size>(rows), width = static_cast<Size>(columns);
  for (Size i = 0; i < height; i += kSquare) {
    for (Size j = 0; j < width; j += kSquare) {
      transpose_block(x + i * ldx + j, ldx, std::min(kSquare, height - i), std::min(kSquare, width - j),
                      y + j * ldy + i, ldy);
    }
  }
}

}  // namespace

void fill_move(Kernels& table) {
  table.convert = {
      .fill = &fill, .from_uint8 = &from_uint8, .to_bool = &to_bool, .from_int32 = &from_int32, .to_int32 = &to_int32};
  table.move = {.transpose = &transpose};
}

}  // namespace cornu::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace cornu::cpu {
void fill_move_table(Target target, Kernels& table) { CORNU_FILL_TABLE(target, fill_move, table); }
}  // namespace cornu::cpu
#endif
