// Private to the kernels: exp, log and their kin on vectors of float32, within 2 ulp where the target has an FMA.
//
// Special values follow the C library: infinities, NaN, signed zeros and denormal numbers. Each function is a range
// reduction and a polynomial; the errors that math_test.cpp measures stand beside them.
#if defined(CORNU_ENGINE_CPU_KERNELS_MATH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef CORNU_ENGINE_CPU_KERNELS_MATH_INL_H_
#undef CORNU_ENGINE_CPU_KERNELS_MATH_INL_H_
#else
#define CORNU_ENGINE_CPU_KERNELS_MATH_INL_H_
#endif

#include <cmath>
#include <limits>

#include "cornu/engine/cpu/kernels/simd-inl.h"

HWY_BEFORE_NAMESPACE();
namespace cornu::cpu::HWY_NAMESPACE {

using IntVector = hn::Vec<Ints>;

HWY_INLINE IntVector all_ints(std::int32_t value) { return hn::Set(Ints(), value); }
HWY_INLINE IntVector bits_of(Vector x) { return hn::BitCast(Ints(), x); }
HWY_INLINE Vector from_bits(IntVector x) { return hn::BitCast(Floats(), x); }
HWY_INLINE Vector select(VectorMask mask, Vector yes, Vector no) { return hn::IfThenElse(mask, yes, no); }
// Bounds that let NaN through.
HWY_INLINE Vector at_most(Vector x, float bound) { return select(hn::Gt(x, all(bound)), all(bound), x); }
HWY_INLINE Vector at_least(Vector x, float bound) { return select(hn::Lt(x, all(bound)), all(bound), x); }

// Horner's scheme, highest power first.
HWY_INLINE Vector polynomial(Vector, Vector sum) { return sum; }
template <class... Rest>
HWY_INLINE Vector polynomial(Vector x, Vector sum, float next, Rest... rest) {
  return polynomial(x, hn::MulAdd(sum, x, all(next)), rest...);
}

// x = n ln 2 + r with |r| <= ln 2 / 2. `n` as a number and, in the low bits of `shifted`, as an integer: adding
// 1.5 * 2^23 rounds to an integer and leaves it in the mantissa.
struct ExpParts {
  Vector n, shifted, r;
};
HWY_INLINE ExpParts exp_parts(Vector x) {
  const Vector magic = all(12582912.0f);
  const Vector shifted = hn::MulAdd(x, all(1.44269504f), magic);
  const Vector n = hn::Sub(shifted, magic);
  // ln 2 in two pieces; the first has so few bits that n times it is exact.
  Vector r = hn::MulAdd(n, all(-0.693359375f), x);
  r = hn::MulAdd(n, all(2.12194440e-4f), r);
  return {n, shifted, r};
}

// exp(r) - 1 for |r| <= ln 2 / 2 (the coefficients of Cephes).
HWY_INLINE Vector expm1_of_rest(Vector r) {
  const Vector p = polynomial(r, all(1.9875691500e-4f), 1.3981999507e-3f, 8.3334519073e-3f, 4.1665795894e-2f,
                              1.6666665459e-1f, 5.0000001201e-1f);
  return hn::MulAdd(hn::Mul(r, r), p, r);
}

// 2^n for integers n from -126 to 127.
HWY_INLINE Vector power_of_two(IntVector n) { return from_bits(hn::ShiftLeft<23>(hn::Add(n, all_ints(127)))); }

// x times 2^n, where the result may overflow or be denormal.
HWY_INLINE Vector scale_by(Vector x, const ExpParts& e) {
#if HWY_TARGET == HWY_AVX3
  return Vector{_mm512_scalef_ps(x.raw, e.n.raw)};
#else
  const IntVector n = hn::Sub(bits_of(e.shifted), all_ints(0x4B400000));
  const IntVector half = hn::ShiftRight<1>(n);
  return hn::Mul(hn::Mul(x, power_of_two(half)), power_of_two(hn::Sub(n, half)));
#endif
}

HWY_INLINE Vector exp_of(Vector x) {
  // Beyond these bounds the result is infinite or zero anyway.
  const ExpParts e = exp_parts(at_least(at_most(x, 89.0f), -104.5f));
  return scale_by(hn::Add(expm1_of_rest(e.r), all(1.0f)), e);
}

HWY_INLINE Vector expm1_of(Vector x) {
  const ExpParts e = exp_parts(at_least(at_most(x, 89.0f), -18.0f));
  const Vector q = expm1_of_rest(e.r);
  // 2^n q + (2^n - 1), at half size since 2^128 is no float32.
  const IntVector n = hn::Sub(bits_of(e.shifted), all_ints(0x4B400000));
  const Vector half = power_of_two(hn::Sub(n, all_ints(1)));
  const Vector y = hn::MulAdd(half, q, hn::Sub(half, all(0.5f)));
  return select(hn::Eq(x, zero()), x, hn::Add(y, y));
}

// log(m * 2^e) where f = m - 1 (the coefficients of Cephes).
HWY_INLINE Vector log_of_parts(Vector f, Vector e) {
  const Vector z = hn::Mul(f, f);
  const Vector p =
      polynomial(f, all(7.0376836292e-2f), -1.1514610310e-1f, 1.1676998740e-1f, -1.2420140846e-1f, 1.4249322787e-1f,
                 -1.6668057665e-1f, 2.0000714765e-1f, -2.4999993993e-1f, 3.3333331174e-1f);
  Vector y = hn::Mul(hn::Mul(f, z), p);
  y = hn::MulAdd(e, all(-2.12194440e-4f), y);
  y = hn::MulAdd(z, all(-0.5f), y);
  y = hn::Add(f, y);
  return hn::MulAdd(e, all(0.693359375f), y);
}

// x = m * 2^e with m from sqrt(1/2) to sqrt(2), for x normal and positive.
struct LogParts {
  Vector m;
  IntVector e;
};
HWY_INLINE LogParts log_parts(Vector x) {
  const IntVector root = all_ints(0x3F3504F3);
  const IntVector bits = hn::Sub(bits_of(x), root);
  return {from_bits(hn::Add(hn::And(bits, all_ints(0x007FFFFF)), root)), hn::ShiftRight<23>(bits)};
}

// The values of a logarithm where its argument u is 0, negative, infinite or NaN.
HWY_INLINE Vector log_edges(Vector u, Vector y) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  y = select(hn::Eq(u, zero()), all(-infinity), y);
  y = select(hn::Lt(u, all(infinity)), y, u);  // infinity and NaN are their own logarithms
  return select(hn::Lt(u, zero()), all(std::numeric_limits<float>::quiet_NaN()), y);
}

HWY_INLINE Vector log_of(Vector x) {
  const VectorMask denormal = hn::Lt(x, all(std::numeric_limits<float>::min()));
  const LogParts p = log_parts(select(denormal, hn::Mul(x, all(8388608.0f)), x));
  Vector e = hn::ConvertTo(Floats(), p.e);
  e = hn::Sub(e, hn::IfThenElseZero(denormal, all(23.0f)));
  return log_edges(x, log_of_parts(hn::Sub(p.m, all(1.0f)), e));
}

HWY_INLINE Vector log1p_of(Vector x) {
  const Vector one = all(1.0f);
  const Vector u = hn::Add(one, x);
  // What the rounding of 1 + x has lost goes into the small part.
  const Vector lost = select(hn::Lt(x, one), hn::Sub(x, hn::Sub(u, one)), hn::Sub(one, hn::Sub(u, x)));
  const LogParts p = log_parts(u);
  // 2^-e, and 0 where that is no normal number: nothing is lost there.
  const Vector scale = from_bits(hn::ShiftLeft<23>(hn::Max(hn::Sub(all_ints(127), p.e), hn::Zero(Ints()))));
  const Vector f = hn::MulAdd(lost, scale, hn::Sub(p.m, one));
  const Vector y = log_edges(u, log_of_parts(f, hn::ConvertTo(Floats(), p.e)));
  return select(hn::Eq(x, zero()), x, y);
}

HWY_INLINE Vector tanh_of(Vector x) {
  // 1 - 2 / (e^2a + 1), which from 9.02 on rounds to 1; near zero, where that would cancel, a polynomial (of Cephes).
  const Vector a = at_most(hn::Abs(x), 9.02f);
  const Vector far = hn::Sub(all(1.0f), hn::Div(all(2.0f), hn::Add(exp_of(hn::Add(a, a)), all(1.0f))));
  const Vector s = hn::Mul(a, a);
  const Vector p = polynomial(s, all(-5.70498872745e-3f), 2.06390887954e-2f, -5.37397155531e-2f, 1.33314422036e-1f,
                              -3.33332819422e-1f);
  const Vector near = hn::MulAdd(hn::Mul(p, s), a, a);
  return hn::CopySignToAbs(select(hn::Lt(a, all(0.625f)), near, far), x);
}

HWY_INLINE Vector logistic_of(Vector x) {
  // With e^-|x| neither side overflows, and small results keep their precision.
  const Vector e = exp_of(hn::Neg(hn::Abs(x)));
  return hn::Div(select(hn::Lt(x, zero()), e, all(1.0f)), hn::Add(e, all(1.0f)));
}

// After N. Juffa: one polynomial near zero, 1 - exp(polynomial) beyond.
HWY_INLINE Vector erf_of(Vector x) {
  const Vector t = hn::Abs(x), s = hn::Mul(x, x);
  Vector far = polynomial(t, all(-1.72853470e-5f), 3.83197126e-4f);
  far = hn::MulAdd(far, s, polynomial(t, all(-3.88396438e-3f), 2.42546219e-2f));
  far = polynomial(t, far, -1.06777877e-1f, -6.34846687e-1f, -1.28717512e-1f);
  far = hn::MulAdd(far, t, hn::Neg(t));
  far = hn::CopySignToAbs(hn::Sub(all(1.0f), exp_of(far)), x);
  const Vector p = polynomial(s, all(-5.96761703e-4f), 4.99119423e-3f, -2.67681349e-2f, 1.12819925e-1f, -3.76125336e-1f,
                              1.28379166e-1f);
  const Vector near = hn::MulAdd(p, x, x);
  return select(hn::Gt(t, all(0.927734375f)), far, near);
}

// Beyond this bound the reduction modulo pi/2 below loses digits, and the C library takes over.
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_NEON
inline constexpr float kTrigonometricBound = 48039.0f;
#else
inline constexpr float kTrigonometricBound = 1024.0f;
#endif

// x - n pi/2. With an FMA each step rounds once; without one the pieces of pi/2 are short, so that the products are
// exact.
HWY_INLINE Vector reduce_quarter(Vector x, Vector n) {
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_NEON
  Vector r = hn::MulAdd(n, all(-1.57079637050628662109f), x);
  r = hn::MulAdd(n, all(4.37113882867379e-8f), r);
  return hn::MulAdd(n, all(1.71512451e-15f), r);
#else
  Vector r = hn::MulAdd(n, all(-1.5703125f), x);
  r = hn::MulAdd(n, all(-4.837512969970703125e-4f), r);
  r = hn::MulAdd(n, all(-7.549533620476723e-8f), r);
  return hn::MulAdd(n, all(-2.5633440682570896e-12f), r);
#endif
}

// sin for kQuarter = 0, cos for kQuarter = 1: the same curve a quarter further.
template <int kQuarter>
HWY_INLINE Vector sine_of(Vector x) {
  const Vector magic = all(12582912.0f);
  const Vector shifted = hn::MulAdd(x, all(0.636619772f), magic);
  const Vector r = reduce_quarter(x, hn::Sub(shifted, magic));
  const Vector s = hn::Mul(r, r);
  const Vector sine = hn::MulAdd(polynomial(s, all(2.86567956e-6f), -1.98559923e-4f, 8.33338592e-3f, -1.66666672e-1f),
                                 hn::Mul(r, s), r);
  const Vector cosine = polynomial(s, all(2.44677067e-5f), -1.38877297e-3f, 4.16666567e-2f, -5.00000000e-1f, 1.0f);
  const IntVector quarter = hn::Add(bits_of(shifted), all_ints(kQuarter));
  const IntVector one = all_ints(1), two = all_ints(2);
  const Vector y = select(hn::RebindMask(Floats(), hn::Eq(hn::And(quarter, one), one)), cosine, sine);
  const Vector sign = from_bits(hn::ShiftLeft<30>(hn::And(quarter, two)));
  return hn::Xor(y, sign);
}

HWY_INLINE Vector sin_of(Vector x) { return select(hn::Eq(x, zero()), x, sine_of<0>(x)); }
HWY_INLINE Vector cos_of(Vector x) { return sine_of<1>(x); }

}  // namespace cornu::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // include guard per target
