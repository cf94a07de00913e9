// Private to the kernels: one struct for each name in elementwise.def, and the loops that apply it to arrays.
#if defined(CORNU_ENGINE_CPU_KERNELS_ELEMENTWISE_OPS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef CORNU_ENGINE_CPU_KERNELS_ELEMENTWISE_OPS_INL_H_
#undef CORNU_ENGINE_CPU_KERNELS_ELEMENTWISE_OPS_INL_H_
#else
#define CORNU_ENGINE_CPU_KERNELS_ELEMENTWISE_OPS_INL_H_
#endif

#include <cmath>
#include <limits>

#include "cornu/engine/cpu/kernels/elementwise.h"
#include "cornu/engine/cpu/kernels/math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace cornu::cpu::HWY_NAMESPACE {

HWY_INLINE Vector truth(VectorMask mask) { return hn::IfThenElseZero(mask, all(1.0f)); }

// Functions whose vector form would not pay: one lane after the other through the C library.
HWY_INLINE Vector by_lane(float (*f)(float, float), Vector a, Vector b) {
  HWY_ALIGN float x[kLanes];
  HWY_ALIGN float y[kLanes];
  hn::Store(a, Floats(), x);
  hn::Store(b, Floats(), y);
  for (std::size_t i = 0; i < kLanes; ++i) x[i] = f(x[i], y[i]);
  return hn::Load(Floats(), x);
}
HWY_INLINE Vector by_lane(float (*f)(float), Vector a) {
  HWY_ALIGN float x[kLanes];
  hn::Store(a, Floats(), x);
  for (std::size_t i = 0; i < kLanes; ++i) x[i] = f(x[i]);
  return hn::Load(Floats(), x);
}
HWY_INLINE bool beyond_reduction(Vector x) {
  return !hn::AllTrue(Floats(), hn::Le(hn::Abs(x), all(kTrigonometricBound)));
}

#define CORNU_DEFINE(Name, parameters, ...)                       \
  struct Name {                                                   \
    HWY_INLINE Vector operator() parameters const { __VA_ARGS__ } \
  };

CORNU_DEFINE(Copy, (Vector x), return x;)
CORNU_DEFINE(Abs, (Vector x), return hn::Abs(x);)
CORNU_DEFINE(Ceil, (Vector x), return hn::Ceil(x);)
CORNU_DEFINE(Cos, (Vector x), if (beyond_reduction(x)) return by_lane(&::cosf, x); return cos_of(x);)
CORNU_DEFINE(Erf, (Vector x), return erf_of(x);)
CORNU_DEFINE(Exp, (Vector x), return exp_of(x);)
CORNU_DEFINE(Expm1, (Vector x), return expm1_of(x);)
CORNU_DEFINE(Floor, (Vector x), return hn::Floor(x);)
CORNU_DEFINE(IsFinite, (Vector x), return truth(hn::Lt(hn::Abs(x), all(std::numeric_limits<float>::infinity())));)
CORNU_DEFINE(Log, (Vector x), return log_of(x);)
CORNU_DEFINE(Log1p, (Vector x), return log1p_of(x);)
CORNU_DEFINE(Logistic, (Vector x), return logistic_of(x);)
CORNU_DEFINE(Negate, (Vector x), return hn::Neg(x);)
CORNU_DEFINE(Not, (Vector x), return hn::Sub(all(1.0f), x);)
CORNU_DEFINE(Reciprocal, (Vector x), return hn::Div(all(1.0f), x);)
CORNU_DEFINE(Relu, (Vector x), return relu_of(x);)
CORNU_DEFINE(RoundNearestEven, (Vector x), return hn::Round(x);)
CORNU_DEFINE(Rsqrt, (Vector x), return hn::Div(all(1.0f), hn::Sqrt(x));)
// Zeros and NaN stay what they are.
CORNU_DEFINE(Sign, (Vector x),
             return select(hn::Or(hn::Lt(x, zero()), hn::Gt(x, zero())), hn::CopySignToAbs(all(1.0f), x), x);)
CORNU_DEFINE(Sin, (Vector x), if (beyond_reduction(x)) return by_lane(&::sinf, x); return sin_of(x);)
CORNU_DEFINE(Sqrt, (Vector x), return hn::Sqrt(x);)
CORNU_DEFINE(Square, (Vector x), return hn::Mul(x, x);)
CORNU_DEFINE(Tanh, (Vector x), return tanh_of(x);)

CORNU_DEFINE(Add, (Vector a, Vector b), return hn::Add(a, b);)
CORNU_DEFINE(And, (Vector a, Vector b), return hn::And(a, b);)  // of 1.0f and 0.0f: their bits
CORNU_DEFINE(Divide, (Vector a, Vector b), return hn::Div(a, b);)
CORNU_DEFINE(Maximum, (Vector a, Vector b), return max_nan(a, b);)
CORNU_DEFINE(Minimum, (Vector a, Vector b), return min_nan(a, b);)
CORNU_DEFINE(Multiply, (Vector a, Vector b), return hn::Mul(a, b);)
CORNU_DEFINE(Or, (Vector a, Vector b), return hn::Or(a, b);)
CORNU_DEFINE(Power, (Vector a, Vector b), return by_lane(&::powf, a, b);)
CORNU_DEFINE(Remainder, (Vector a, Vector b), return by_lane(&::fmodf, a, b);)
CORNU_DEFINE(Subtract, (Vector a, Vector b), return hn::Sub(a, b);)
CORNU_DEFINE(Xor, (Vector a, Vector b), return hn::Xor(a, b);)
CORNU_DEFINE(Equal, (Vector a, Vector b), return truth(hn::Eq(a, b));)
CORNU_DEFINE(NotEqual, (Vector a, Vector b), return hn::IfThenZeroElse(hn::Eq(a, b), all(1.0f));)
CORNU_DEFINE(Less, (Vector a, Vector b), return truth(hn::Lt(a, b));)
CORNU_DEFINE(LessEqual, (Vector a, Vector b), return truth(hn::Le(a, b));)
CORNU_DEFINE(Greater, (Vector a, Vector b), return truth(hn::Gt(a, b));)
CORNU_DEFINE(GreaterEqual, (Vector a, Vector b), return truth(hn::Ge(a, b));)
CORNU_DEFINE(MaskPositive, (Vector a, Vector b), return hn::IfThenElseZero(hn::Gt(b, zero()), a);)

CORNU_DEFINE(Select, (Vector a, Vector b, Vector c), return select(hn::Eq(a, zero()), c, b);)
CORNU_DEFINE(MulAdd, (Vector a, Vector b, Vector c), return hn::MulAdd(a, b, c);)
CORNU_DEFINE(MulSub, (Vector a, Vector b, Vector c), return hn::MulSub(a, b, c);)
CORNU_DEFINE(NegMulAdd, (Vector a, Vector b, Vector c), return hn::NegMulAdd(a, b, c);)
CORNU_DEFINE(AddMul, (Vector a, Vector b, Vector c), return hn::Mul(hn::Add(a, b), c);)
CORNU_DEFINE(SubMul, (Vector a, Vector b, Vector c), return hn::Mul(hn::Sub(a, b), c);)
CORNU_DEFINE(Lerp, (Vector a, Vector b, Vector c), return hn::MulAdd(hn::Sub(b, a), c, a);)
CORNU_DEFINE(Clamp, (Vector a, Vector b, Vector c), return min_nan(max_nan(a, b), c);)

#undef CORNU_DEFINE

// An operand of a loop: an array, or one number for all elements.
template <bool kScalar>
struct Operand {
  const float* p;
  Vector value;
  HWY_INLINE explicit Operand(const float* at) : p(at), value(kScalar ? all(*at) : zero()) {}
  HWY_INLINE Vector at(std::size_t i) const {
    if constexpr (kScalar) return value;
    return load(p + i);
  }
  HWY_INLINE Vector first(std::size_t i, std::size_t n) const {
    if constexpr (kScalar) return value;
    return load_first(p + i, n);
  }
};

template <class Op>
void unary_loop(const float* x, float* y, std::size_t n) {
  const Op op;
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) store(op(load(x + i)), y + i);
  if (i < n) store_first(op(load_first(x + i, n - i)), y + i, n - i);
}

template <class Op, Scalars kScalars>
void binary_loop(const float* a, const float* b, float* y, std::size_t n) {
  if (n == 0) return;
  const Op op;
  const Operand<(kScalars & kScalarA) != 0> left(a);
  const Operand<(kScalars & kScalarB) != 0> right(b);
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) store(op(left.at(i), right.at(i)), y + i);
  if (i < n) store_first(op(left.first(i, n - i), right.first(i, n - i)), y + i, n - i);
}

template <class Op, Scalars kScalars>
void ternary_loop(const float* a, const float* b, const float* c, float* y, std::size_t n) {
  if (n == 0) return;
  const Op op;
  const Operand<(kScalars & kScalarA) != 0> first(a);
  const Operand<(kScalars & kScalarB) != 0> second(b);
  const Operand<(kScalars & kScalarC) != 0> third(c);
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) store(op(first.at(i), second.at(i), third.at(i)), y + i);
  const std::size_t tail = n - i;
  if (tail > 0) store_first(op(first.first(i, tail), second.first(i, tail), third.first(i, tail)), y + i, tail);
}

}  // namespace cornu::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // include guard per target
