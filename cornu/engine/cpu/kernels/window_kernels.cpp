// Poolings and the way back: what a window holds, for a vector of channels at once.
#include "cornu/engine/cpu/kernels/highway_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cornu/engine/cpu/kernels/window_kernels.cpp"
#include "hwy/foreach_target.h"

#include "cornu/engine/cpu/kernels/kernels.h"
#include "cornu/engine/cpu/kernels/simd-inl.h"

HWY_BEFORE_NAMESPACE();
namespace cornu::cpu::HWY_NAMESPACE {
namespace {

constexpr std::int64_t kVectorLanes = static_cast<std::int64_t>(kLanes);

template <bool kPartial>
HWY_INLINE Vector get(const float* p, std::size_t tail) {
  return kPartial ? load_first(p, tail) : load(p);
}
template <bool kPartial>
HWY_INLINE void put(Vector v, float* p, std::size_t tail) {
  if (kPartial)
    store_first(v, p, tail);
  else
    store(v, p);
}

template <WindowFold kKind, bool kPartial>
HWY_INLINE void fold_vector(const float* x, const std::int64_t* offsets, std::int64_t taps, float* y,
                            std::size_t tail) {
  Vector out = get<kPartial>(x + offsets[0], tail);
  for (std::int64_t t = 1; t < taps; ++t) {
    const Vector v = get<kPartial>(x + offsets[t], tail);
    if constexpr (kKind == WindowFold::kSum)
      out = hn::Add(out, v);
    else if constexpr (kKind == WindowFold::kMaximum)
      out = max_nan(out, v);
    else
      out = min_nan(out, v);
  }
  put<kPartial>(out, y, tail);
}

template <WindowFold kKind>
void fold_all(const float* x, const std::int64_t* offsets, std::int64_t taps, std::int64_t n, float* y) {
  std::int64_t j = 0;
  for (; j + kVectorLanes <= n; j += kVectorLanes) fold_vector<kKind, false>(x + j, offsets, taps, y + j, 0);
  if (j < n) fold_vector<kKind, true>(x + j, offsets, taps, y + j, static_cast<std::size_t>(n - j));
}

void fold(WindowFold kind, const float* x, const std::int64_t* offsets, std::int64_t taps, std::int64_t n, float* y) {
  switch (kind) {
    case WindowFold::kSum: return fold_all<WindowFold::kSum>(x, offsets, taps, n, y);
    case WindowFold::kMaximum: return fold_all<WindowFold::kMaximum>(x, offsets, taps, n, y);
    case WindowFold::kMinimum: return fold_all<WindowFold::kMinimum>(x, offsets, taps, n, y);
  }
}

template <bool kLargest, bool kFirst, bool kPartial>
HWY_INLINE void scatter_vector(const float* x, const float* source, const std::int64_t* offsets, std::int64_t taps,
                               float* out, std::size_t tail) {
  Vector best = get<kPartial>(x + offsets[0], tail), at = zero();
  for (std::int64_t t = 1; t < taps; ++t) {
    const Vector v = get<kPartial>(x + offsets[t], tail);
    const VectorMask beyond = kLargest ? hn::Gt(v, best) : hn::Lt(v, best);
    const VectorMask beats = hn::And(hn::Or(beyond, hn::IsNaN(v)), hn::Not(hn::IsNaN(best)));
    best = hn::IfThenElse(beats, v, best);
    at = hn::IfThenElse(beats, all(static_cast<float>(t)), at);
  }
  const Vector dy = get<kPartial>(source, tail);
  for (std::int64_t t = 0; t < taps; ++t) {
    const Vector here = hn::IfThenElseZero(hn::Eq(at, all(static_cast<float>(t))), dy);
    put<kPartial>(kFirst ? here : hn::Add(get<kPartial>(out + offsets[t], tail), here), out + offsets[t], tail);
  }
}

template <bool kLargest, bool kFirst>
void scatter_all(const float* x, const float* source, const std::int64_t* offsets, std::int64_t taps, std::int64_t n,
                 float* out) {
  std::int64_t j = 0;
  for (; j + kVectorLanes <= n; j += kVectorLanes)
    scatter_vector<kLargest, kFirst, false>(x + j, source + j, offsets, taps, out + j, 0);
  if (j < n)
    scatter_vector<kLargest, kFirst, true>(x + j, source + j, offsets, taps, out + j, static_cast<std::size_t>(n - j));
}

void scatter(WindowFold kind, bool first, const float* x, const float* source, const std::int64_t* offsets,
             std::int64_t taps, std::int64_t n, float* out) {
  const auto run = kind == WindowFold::kMaximum ? (first ? scatter_all<true, true> : scatter_all<true, false>)
                                                : (first ? scatter_all<false, true> : scatter_all<false, false>);
  run(x, source, offsets, taps, n, out);
}

}  // namespace

void fill_windows(Kernels& table) {
  table.windows.fold = &fold;
  table.windows.scatter = &scatter;
}

}  // namespace cornu::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace cornu::cpu {
void fill_window_table(Target target, Kernels& table) { CORNU_FILL_TABLE(target, fill_windows, table); }
}  // namespace cornu::cpu
#endif
