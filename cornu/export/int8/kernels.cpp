#include "cornu/export/int8/kernels.h"

#include "cornu/core/error.h"

namespace cornu::int8_export {
namespace {

constexpr const char* kScaled =
    "/* sum * multiplier / 2^shift, rounded once; shifts of negative numbers are arithmetic, as everywhere. */\n"
    "static int32_t scaled(int32_t sum, int32_t multiplier, int shift) {\n"
    "  return (int32_t)(((int64_t)sum * multiplier + ((int64_t)1 << (shift - 1))) >> shift);\n}\n\n";
// Half a step lies above the low word, so the low word decides nothing: no 64-bit shift.
constexpr const char* kScaledHigh =
    "/* The same where shift is 33 or more: `shift` counts from there, and `odd` is 2 * zero + 1. */\n"
    "static inline int32_t scaled_high(int32_t sum, int32_t multiplier, int shift, int32_t odd) {\n"
    "  return (((int32_t)(((int64_t)sum * multiplier) >> 32) >> shift) + odd) >> 1;\n}\n\n";
constexpr const char* kHeld =
    "static inline int8_t held(int32_t value, int32_t low, int32_t high) {\n"
    "  return (int8_t)(value < low ? low : value > high ? high : value);\n}\n\n";

constexpr const char* kPlainDot =
    "static SPARE void dot4(const int8_t *x, const int8_t *w, int n, int32_t *sums) {\n"
    "  const int8_t *w1 = w + n, *w2 = w1 + n, *w3 = w2 + n;\n"
    "  int32_t s0 = 0, s1 = 0, s2 = 0, s3 = 0;\n"
    "  for (int i = 0; i < n; ++i) {\n"
    "    s0 += x[i] * w[i];\n"
    "    s1 += x[i] * w1[i];\n"
    "    s2 += x[i] * w2[i];\n"
    "    s3 += x[i] * w3[i];\n"
    "  }\n"
    "  sums[0] = s0, sums[1] = s1, sums[2] = s2, sums[3] = s3;\n"
    "}\n";

constexpr const char* kDot1 =
    "static SPARE int32_t dot1(const int8_t *x, const int8_t *w, int n) {\n"
    "  int32_t sum = 0;\n"
    "  for (int i = 0; i < n; ++i) sum += x[i] * w[i];\n"
    "  return sum;\n"
    "}\n\n";

constexpr const char* kPlainWiden =
    "static inline SPARE void widen4(const int8_t *from, int16_t *to) {\n"
    "  to[0] = from[0];\n"
    "  to[1] = from[2];\n"
    "  to[2] = from[1];\n"
    "  to[3] = from[3];\n"
    "}\n";

// LDRD: of two loads that stand apart gcc makes none.
constexpr const char* kPairs =
    "/* Two words at once. The offsets are bytes, as literals. */\n"
    "#define PAIR(a, b, from, offset) \\\n"
    "  __asm__(\"ldrd %0, %1, [%2, #\" #offset \"]\" : \"=r\"(a), \"=r\"(b) : \"r\"(from) : \"memory\")\n"
    "/* Four products more for each of four sums: two places times two outputs. */\n"
    "#define FOURS(p, here, beside, w, first, second) \\\n"
    "  do { \\\n"
    "    int32_t a, b, c, d, e, f; \\\n"
    "    PAIR(a, b, p, here); \\\n"
    "    PAIR(c, d, p, beside); \\\n"
    "    PAIR(e, f, w, first); \\\n"
    "    s0 = __smlad(b, f, __smlad(a, e, s0)); \\\n"
    "    s1 = __smlad(d, f, __smlad(c, e, s1)); \\\n"
    "    PAIR(e, f, w, second); \\\n"
    "    s2 = __smlad(b, f, __smlad(a, e, s2)); \\\n"
    "    s3 = __smlad(d, f, __smlad(c, e, s3)); \\\n"
    "  } while (0)\n";

constexpr const char* kSaturated =
    "static inline int8_t saturated(int32_t value) {\n"
    "#if defined(__ARM_FEATURE_SAT)\n"
    "  return (int8_t)__ssat(value, 8);\n"
    "#else\n"
    "  return (int8_t)(value < -128 ? -128 : value > 127 ? 127 : value);\n"
    "#endif\n"
    "}\n\n";

constexpr const char* kSpare =
    "#define SPARE __attribute__((unused)) /* where wide() does its work */\n#else\n#define SPARE\n";

std::string when(const std::string& condition, const std::string& text) {
  return cat("#if ", condition, "\n", text, "#endif\n\n");
}

}  // namespace

std::string kernels(const std::set<std::string>& names) {
  const auto need = [&names](const char* name) { return names.count(name) > 0; };
  std::string out;
  if (need("wide")) out += when(kWide, "#include <immintrin.h>\n#include <string.h>\n");
  if (need("dot4")) out += when(kHelium, "#include <arm_mve.h>\n");
  if (need("dot4") || need("widen4")) out += when(kArm, "#include <string.h>\n");
  if (!names.empty()) out += when(kAcle, "#include <arm_acle.h>\n");
  if (need("dot4") || need("dot1") || need("widen4")) out += when(kWide, kSpare);
  if (need("scaled")) out += kScaled;
  if (need("scaled_high")) out += kScaledHigh;
  if (need("held")) out += kHeld;
  if (need("saturated")) out += kSaturated;
  if (need("dot4") || need("widen4")) out += when(kArm, arm_widen());
  if (need("dot4"))
    out += cat("/* The sums of x with each of four rows of weights. */\n#if ", kHelium, "\n", helium_dot(), "#elif ",
               kArm, "\n", arm_dot(), "#else\n", kPlainDot, "#endif\n\n");
  if (need("dot1")) out += kDot1;
  if (need("widen4"))
    out += cat("/* Four numbers as 16 bits, in the order 0, 2, 1, 3, in which Arm's SXTB16 gives them. */\n#if ", kArm,
               "\nstatic inline void widen4(const int8_t *from, int16_t *to) {\n"
               "  const uint32_t w = word(from), pairs[2] = {even(w), odd(w)};\n  memcpy(to, pairs, 8);\n}\n",
               "#else\n", kPlainWiden, "#endif\n\n");
  if (need("wide")) out += when(kWide, wide_kernel());
  if (need("pairs")) out += when(kArmPairs, kPairs);
  return out;
}

}  // namespace cornu::int8_export
