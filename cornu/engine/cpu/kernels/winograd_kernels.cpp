// The three transforms of Winograd's convolution, a vector of channels or filters at a time.
#include "cornu/engine/cpu/kernels/highway_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cornu/engine/cpu/kernels/winograd_kernels.cpp"
#include "hwy/foreach_target.h"

#include <algorithm>

#include "cornu/engine/cpu/kernels/gemm_tile-inl.h"
#include "cornu/engine/cpu/kernels/kernels.h"
#include "cornu/engine/cpu/kernels/simd-inl.h"

HWY_BEFORE_NAMESPACE();
namespace cornu::cpu::HWY_NAMESPACE {
namespace {

constexpr Size kVectorLanes = static_cast<Size>(kLanes);

HWY_INLINE Vector get(const float* p, Size left) {
  return left >= kVectorLanes ? load(p) : load_first(p, static_cast<std::size_t>(left));
}
HWY_INLINE void put(Vector v, float* p, Size left) {
  if (left >= kVectorLanes)
    store(v, p);
  else
    store_first(v, p, static_cast<std::size_t>(left));
}

// B^T x for four vectors.
HWY_INLINE void image_side(Vector x0, Vector x1, Vector x2, Vector x3, Vector* y) {
  y[0] = hn::Sub(x0, x2);
  y[1] = hn::Add(x1, x2);
  y[2] = hn::Sub(x2, x1);
  y[3] = hn::Sub(x1, x3);
}

struct TilePlace {
  Size image, row, column;  // of the tile's first place in the result
};

TilePlace place_of(const WinogradShape& s, Size tile) {
  const Size across = s.tiles_width(), down = s.tiles_height();
  return {tile / across / down, tile / across % down * 2, tile % across * 2};
}

HWY_INLINE void transform_tile(const float* const (&from)[16], Size channels, Size step, float* to) {
  for (Size c = 0; c < channels; c += kVectorLanes) {
    const Size left = channels - c;
    const auto element = [&](int i) { return from[i] == nullptr ? zero() : get(from[i] + c, left); };
    Vector rows[4][4];  // the transform of columns, a row each
    CORNU_UNROLL(4)
    for (int j = 0; j < 4; ++j) {
      Vector column[4];
      image_side(element(j), element(4 + j), element(8 + j), element(12 + j), column);
      CORNU_UNROLL(4)
      for (int i = 0; i < 4; ++i) rows[i][j] = column[i];
    }
    CORNU_UNROLL(4)
    for (int i = 0; i < 4; ++i) {
      Vector row[4];
      image_side(rows[i][0], rows[i][1], rows[i][2], rows[i][3], row);
      CORNU_UNROLL(4)
      for (int j = 0; j < 4; ++j) put(row[j], to + (4 * i + j) * step + c, left);
    }
  }
}

void image(const WinogradShape& s, const float* image, Size begin, Size end, float* to) {
  const Size step = (end - begin) * s.channels;
  for (Size tile = begin; tile < end; ++tile, to += s.channels) {
    const TilePlace at = place_of(s, tile);
    const float* from[16];
    for (Size i = 0; i < 4; ++i)
      for (Size j = 0; j < 4; ++j) {
        const Size y = at.row + i - s.low_height, x = at.column + j - s.low_width;
        const bool inside = y >= 0 && y < s.height && x >= 0 && x < s.width;
        from[4 * i + j] = inside ? image + ((at.image * s.height + y) * s.width + x) * s.channels : nullptr;
      }
    transform_tile(from, s.channels, step, to);
  }
}

// G g for three vectors.
HWY_INLINE void kernel_side(Vector g0, Vector g1, Vector g2, Vector* y) {
  const Vector half = all(0.5f), ends = hn::Mul(hn::Add(g0, g2), half), middle = hn::Mul(g1, half);
  y[0] = g0;
  y[1] = hn::Add(ends, middle);
  y[2] = hn::Sub(ends, middle);
  y[3] = g2;
}

void kernel(const WinogradShape& s, const float* kernel, Size begin, Size end, float* to) {
  const Size tap = s.channels * s.filters;
  const Size padded = (s.filters + kVectorLanes - 1) / kVectorLanes * kVectorLanes, point = s.channels * padded;
  for (Size panel = begin * kPanel; panel < std::min(s.filters, end * kPanel); panel += kPanel) {
    const Size width = std::min(kPanel, padded - panel);
    for (Size c = 0; c < s.channels; ++c)
      for (Size f = 0; f < width; f += kVectorLanes) {
        const float* from = kernel + c * s.filters + panel + f;
        const Size left = s.filters - panel - f;
        Vector rows[4][3];
        CORNU_UNROLL(3)
        for (int j = 0; j < 3; ++j) {
          Vector column[4];
          kernel_side(get(from + j * tap, left), get(from + (3 + j) * tap, left), get(from + (6 + j) * tap, left),
                      column);
          CORNU_UNROLL(4)
          for (int i = 0; i < 4; ++i) rows[i][j] = column[i];
        }
        CORNU_UNROLL(4)
        for (int i = 0; i < 4; ++i) {
          Vector row[4];
          kernel_side(rows[i][0], rows[i][1], rows[i][2], row);
          CORNU_UNROLL(4)
          for (int j = 0; j < 4; ++j) store(row[j], to + (4 * i + j) * point + panel * s.channels + c * width + f);
        }
      }
  }
}

// A^T x for four vectors.
HWY_INLINE void result_side(Vector x0, Vector x1, Vector x2, Vector x3, Vector* y) {
  const Vector sum = hn::Add(x1, x2), difference = hn::Sub(x1, x2);
  y[0] = hn::Add(x0, sum);
  y[1] = hn::Sub(difference, x3);
}

void result(const WinogradShape& s, const float* products, Size begin, Size end, const WinogradResult& r) {
  const Size step = (end - begin) * s.filters;
  for (Size tile = begin; tile < end; ++tile, products += s.filters) {
    const TilePlace at = place_of(s, tile);
    const Size first = ((at.image * s.out_height + at.row) * s.out_width + at.column) * s.filters;
    const bool second_row = at.row + 1 < s.out_height, second_column = at.column + 1 < s.out_width;
    for (Size f = 0; f < s.filters; f += kVectorLanes) {
      const Size left = s.filters - f;
      Vector rows[2][4];
      CORNU_UNROLL(4)
      for (int j = 0; j < 4; ++j) {
        const auto element = [&](int i) { return get(products + (4 * i + j) * step + f, left); };
        Vector column[2];
        result_side(element(0), element(1), element(2), element(3), column);
        rows[0][j] = column[0];
        rows[1][j] = column[1];
      }
      const Vector bias = r.bias == nullptr ? zero() : get(r.bias + f, left);
      CORNU_UNROLL(2)
      for (int i = 0; i < 2; ++i) {
        if (i == 1 && !second_row) break;
        Vector row[2];
        result_side(rows[i][0], rows[i][1], rows[i][2], rows[i][3], row);
        CORNU_UNROLL(2)
        for (int j = 0; j < 2; ++j) {
          if (j == 1 && !second_column) break;
          const Size to = first + (i * s.out_width + j) * s.filters + f;
          Vector y = hn::Add(row[j], bias);
          if (r.add != nullptr) y = hn::Add(y, get(r.add + to, left));
          if (r.relu) y = min_nan(relu_of(y), all(r.most));
          if (r.mask != nullptr) y = hn::IfThenZeroElse(hn::Le(get(r.mask + to, left), zero()), y);
          put(y, r.out + to, left);
        }
      }
    }
  }
}

}  // namespace

void fill_winograd(Kernels& table) { table.winograd = {.image = &image, .kernel = &kernel, .result = &result}; }

}  // namespace cornu::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace cornu::cpu {
void fill_winograd_table(Target target, Kernels& table) { CORNU_FILL_TABLE(target, fill_winograd, table); }
}  // namespace cornu::cpu
#endif
