// Cortex-M4, M7, M33: SMLAD adds two products of 16-bit halves; SXTB16 makes such halves of bytes 0 and 2 of a word.
#include "cornu/export/int8/kernels.h"

namespace cornu::int8_export {

std::string arm_widen() {
  return "static inline uint32_t word(const int8_t *from) {\n"
         "  uint32_t out;\n"
         "  memcpy(&out, from, 4);\n"
         "  return out;\n"
         "}\n"
         "/* Bytes 0 and 2, bytes 1 and 3, as 16 bits each. */\n"
         "static inline uint32_t even(uint32_t word) { return (uint32_t)__sxtb16(word); }\n"
         "static inline uint32_t odd(uint32_t word) {\n"
         "#if defined(__GNUC__) /* which does not find the rotation in the instruction */\n"
         "  uint32_t out;\n"
         "  __asm__(\"sxtb16 %0, %1, ror #8\" : \"=r\"(out) : \"r\"(word));\n"
         "  return out;\n"
         "#else\n"
         "  return (uint32_t)__sxtb16(word >> 8 | word << 24);\n"
         "#endif\n"
         "}\n"
         "/* Four more products. */\n"
         "static inline int32_t more(int32_t sum, uint32_t x_even, uint32_t x_odd, uint32_t w) {\n"
         "  sum = __smlad((int16x2_t)x_even, (int16x2_t)even(w), sum);\n"
         "  return __smlad((int16x2_t)x_odd, (int16x2_t)odd(w), sum);\n"
         "}\n";
}

std::string arm_dot() {
  return "static void dot4(const int8_t *x, const int8_t *w, int n, int32_t *sums) {\n"
         "  int32_t s0 = 0, s1 = 0, s2 = 0, s3 = 0;\n"
         "  const int8_t *const end = x + (n & ~3);\n"
         "  for (; x != end; x += 4, w += 4) {\n"
         "    const uint32_t both = word(x), a = even(both), b = odd(both);\n"
         "    s0 = more(s0, a, b, word(w));\n"
         "    s1 = more(s1, a, b, word(w + n));\n"
         "    s2 = more(s2, a, b, word(w + 2 * n));\n"
         "    s3 = more(s3, a, b, word(w + 3 * n));\n"
         "  }\n"
         "  for (int i = 0; i < (n & 3); ++i) {\n"
         "    s0 += x[i] * w[i];\n"
         "    s1 += x[i] * w[n + i];\n"
         "    s2 += x[i] * w[2 * n + i];\n"
         "    s3 += x[i] * w[3 * n + i];\n"
         "  }\n"
         "  sums[0] = s0, sums[1] = s1, sums[2] = s2, sums[3] = s3;\n"
         "}\n";
}

}  // namespace cornu::int8_export
