// Cortex-M55 and its kin: VMLADAVA adds sixteen products; a predicate holds back what lies behind the end.
#include "cornu/export/int8/kernels.h"

namespace cornu::int8_export {

std::string helium_dot() {
  return "static void dot4(const int8_t *x, const int8_t *w, int n, int32_t *sums) {\n"
         "  const int8_t *w1 = w + n, *w2 = w1 + n, *w3 = w2 + n;\n"
         "#if defined(__GNUC__) /* which would add up one address for each row anew, in the loop */\n"
         "  __asm__(\"\" : \"+r\"(w1), \"+r\"(w2), \"+r\"(w3));\n"
         "#endif\n"
         "  int32_t s0 = 0, s1 = 0, s2 = 0, s3 = 0;\n"
         "  for (int i = n / 16; i > 0; --i) {\n"
         "    const int8x16_t v = vldrbq_s8(x);\n"
         "    s0 = vmladavaq_s8(s0, v, vldrbq_s8(w));\n"
         "    s1 = vmladavaq_s8(s1, v, vldrbq_s8(w1));\n"
         "    s2 = vmladavaq_s8(s2, v, vldrbq_s8(w2));\n"
         "    s3 = vmladavaq_s8(s3, v, vldrbq_s8(w3));\n"
         "    x += 16, w += 16, w1 += 16, w2 += 16, w3 += 16;\n"
         "  }\n"
         "  if (n % 16 != 0) {\n"
         "    const mve_pred16_t rest = vctp8q((uint32_t)(n % 16));\n"
         "    const int8x16_t v = vldrbq_z_s8(x, rest);\n"
         "    s0 = vmladavaq_s8(s0, v, vldrbq_z_s8(w, rest));\n"
         "    s1 = vmladavaq_s8(s1, v, vldrbq_z_s8(w1, rest));\n"
         "    s2 = vmladavaq_s8(s2, v, vldrbq_z_s8(w2, rest));\n"
         "    s3 = vmladavaq_s8(s3, v, vldrbq_z_s8(w3, rest));\n"
         "  }\n"
         "  sums[0] = s0, sums[1] = s1, sums[2] = s2, sums[3] = s3;\n"
         "}\n";
}

}  // namespace cornu::int8_export
