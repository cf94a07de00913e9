// Private to the kernels: small vector helpers, compiled once for each target.
#if defined(CORNU_ENGINE_CPU_KERNELS_SIMD_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef CORNU_ENGINE_CPU_KERNELS_SIMD_INL_H_
#undef CORNU_ENGINE_CPU_KERNELS_SIMD_INL_H_
#else
#define CORNU_ENGINE_CPU_KERNELS_SIMD_INL_H_
#endif

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace cornu::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::ScalableTag<float>;
using Ints = hn::ScalableTag<std::int32_t>;
using Words = hn::ScalableTag<std::uint32_t>;
using Vector = hn::Vec<Floats>;
using VectorMask = hn::Mask<Floats>;

inline constexpr std::size_t kLanes = HWY_LANES(float);

// Whether loads and stores under a mask touch nothing outside it. Elsewhere a tail goes through a small buffer.
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX2
inline constexpr bool kMaskedMemory = true;
#else
inline constexpr bool kMaskedMemory = false;
#endif

HWY_INLINE Vector load(const float* p) { return hn::LoadU(Floats(), p); }
HWY_INLINE void store(Vector v, float* p) { hn::StoreU(v, Floats(), p); }
HWY_INLINE Vector all(float value) { return hn::Set(Floats(), value); }
HWY_INLINE Vector zero() { return hn::Zero(Floats()); }

// The first n lanes (n < kLanes) from memory, zero in the others; reads nothing beyond them.
HWY_INLINE Vector load_first(const float* p, std::size_t n) {
  const Floats d;
  if constexpr (kMaskedMemory) {
    return hn::MaskedLoad(hn::FirstN(d, n), d, p);
  } else {
    HWY_ALIGN float buffer[kLanes] = {};
    for (std::size_t i = 0; i < n && i < kLanes; ++i) buffer[i] = p[i];
    return hn::Load(d, buffer);
  }
}

HWY_INLINE void store_first(Vector v, float* p, std::size_t n) {
  const Floats d;
  if constexpr (kMaskedMemory) {
    hn::BlendedStore(v, hn::FirstN(d, n), d, p);
  } else {
    HWY_ALIGN float buffer[kLanes];
    hn::Store(v, d, buffer);
    for (std::size_t i = 0; i < n && i < kLanes; ++i) p[i] = buffer[i];
  }
}

// Vector number v of a row of which the last one, `last`, holds only `tail` elements when kPartial.
template <bool kPartial>
HWY_INLINE Vector load_column(const float* p, int v, int last, std::size_t tail) {
  if constexpr (kPartial) {
    if (v == last) return load_first(p + static_cast<std::size_t>(v) * kLanes, tail);
  }
  return load(p + static_cast<std::size_t>(v) * kLanes);
}

// Keeps a loaded vector in a register. Without it GCC folds the load into every FMA that uses the vector, and a 4 x 4
// tile does 20 loads for its 16 FMAs instead of 8 (measured: three quarters of the speed).
HWY_INLINE void pin(Vector& v) {
#if HWY_TARGET == HWY_AVX3
  asm("" : "+v"(v.raw));
#elif HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_SSE4
  asm("" : "+x"(v.raw));
#else
  (void)v;
#endif
}

// max(a, b) that is NaN when either is, as XLA and numpy have it. x86's instruction returns its second operand then.
HWY_INLINE Vector max_nan(Vector a, Vector b) {
#if HWY_TARGET == HWY_NEON
  return hn::Max(a, b);
#elif HWY_TARGET == HWY_SCALAR || HWY_TARGET == HWY_EMU128
  const Vector larger = hn::IfThenElse(hn::Gt(a, b), a, b);
  return hn::IfThenElse(hn::Eq(a, a), larger, a);
#else
  return hn::IfThenElse(hn::Eq(a, a), hn::Max(a, b), a);
#endif
}

HWY_INLINE Vector min_nan(Vector a, Vector b) {
#if HWY_TARGET == HWY_NEON
  return hn::Min(a, b);
#elif HWY_TARGET == HWY_SCALAR || HWY_TARGET == HWY_EMU128
  const Vector smaller = hn::IfThenElse(hn::Lt(a, b), a, b);
  return hn::IfThenElse(hn::Eq(a, a), smaller, a);
#else
  return hn::IfThenElse(hn::Eq(a, a), hn::Min(a, b), a);
#endif
}

// max(x, 0), NaN for NaN.
HWY_INLINE Vector relu_of(Vector x) {
#if HWY_TARGET == HWY_SCALAR || HWY_TARGET == HWY_EMU128
  return hn::IfThenElse(hn::Lt(x, zero()), zero(), x);
#else
  return hn::Max(zero(), x);
#endif
}

}  // namespace cornu::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // include guard per target
