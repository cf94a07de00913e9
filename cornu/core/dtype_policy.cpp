#include "cornu/core/dtype_policy.h"

#include <atomic>

#include "cornu/core/error.h"

namespace cornu {
namespace {

std::atomic<DTypePolicy>& global() {
  static std::atomic<DTypePolicy> policy{DTypePolicy{}};
  return policy;
}

constexpr const char* kExpected = "\n  expected: float32, float64, float16, bfloat16, mixed_bfloat16 or mixed_float16";

}  // namespace

DTypePolicy DTypePolicy::from_name(const std::string& name, const std::string& what) {
  if (name == "mixed_bfloat16") return {bfloat16, float32};
  if (name == "mixed_float16") return {float16, float32};
  if (name.find("_from_") != std::string::npos)
    throw NotSupportedError(cat(what, " received: \"", name, "\", that of a quantized layer", kExpected));
  for (const DType dtype : {float32, float64, bfloat16, float16})
    if (name == name_of(dtype)) return {dtype, dtype};
  throw ValueError(cat(what, " received: \"", name, "\"", kExpected));
}

std::string DTypePolicy::name() const {
  return is_mixed() ? cat("mixed_", name_of(compute_dtype)) : std::string(name_of(compute_dtype));
}

void config::set_dtype_policy(const std::string& name) { global() = DTypePolicy::from_name(name); }
DTypePolicy config::dtype_policy() { return global(); }

}  // namespace cornu
