// In which types the engine has loops: all; in the library that only judges, those that a network is made of.
#pragma once

#include "cornu/core/dtype.h"
#include "cornu/core/error.h"
#include "cornu/core/judge_only.h"
#include "cornu/core/text.h"

namespace cornu::cpu {

// As dispatch(). Throws EngineError for a type without loops.
template <class F>
auto dispatch_computed(DType dtype, F&& f) {
  if constexpr (!kJudgeOnly) return dispatch(dtype, f);
  switch (dtype) {
    case DType::kBool: return f(bool{});
    case DType::kInt32: return f(std::int32_t{});
    case DType::kInt64: return f(std::int64_t{});
    case DType::kUInt32: return f(std::uint32_t{});
    case DType::kFloat32: return f(float{});
    case DType::kFloat64: return f(double{});
    default:
      throw EngineError(cat("the library that only judges does not compute in ", name_of(dtype),
                            "\n  expected: bool, int32, int64, uint32, float32 or float64; other types are converted\n"
                            "  way out: link cornu::judge of a usual build"));
  }
}

// What only a step of training has.
inline void refuse_training(const char* op) {
  throw EngineError(cat("the library that only judges has no ", op, ", which only training needs\n",
                        "  way out: link cornu::judge of a usual build"));
}

}  // namespace cornu::cpu
