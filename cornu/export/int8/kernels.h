// The small functions that generated int8 code calls: plain C, and beside it what a chip's own instructions make of it.
#pragma once

#include <set>
#include <string>

namespace cornu::int8_export {

// The functions of those names and what they call, in an order that C accepts, behind the headers that they need.
std::string kernels(const std::set<std::string>& names);

// Variants for Cortex-M4/M7/M33 (two 16-bit products an instruction) and for Helium (sixteen 8-bit products).
std::string arm_dot();
std::string arm_widen();
std::string helium_dot();
// For AVX-512 VNNI (sixty-four 8-bit products).
std::string wide_kernel();
// Conditions of the preprocessor. Of long sums of bytes compilers make more with NEON.
inline constexpr const char* kArm = "defined(__ARM_FEATURE_SIMD32) && !defined(__ARM_NEON)";
inline constexpr const char* kHelium = "defined(__ARM_FEATURE_MVE) && (__ARM_FEATURE_MVE & 1)";
inline constexpr const char* kWide = "defined(__AVX512VNNI__) && defined(__GNUC__)";
inline constexpr const char* kAcle = "defined(__ARM_FEATURE_SAT) || defined(__ARM_FEATURE_SIMD32)";
// Both with instructions written out: what a compiler would have to find by itself.
inline constexpr const char* kArmPairs = "defined(__ARM_FEATURE_SIMD32) && defined(__thumb2__) && defined(__GNUC__)";

}  // namespace cornu::int8_export
