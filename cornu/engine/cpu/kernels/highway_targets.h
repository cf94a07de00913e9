// Private to the kernels: which Highway targets are built, and how a per-target function is found.
//
// Include this before any Highway header. Every kernel file is compiled once for each target (foreach_target.h) and
// offers one function per target that fills its part of the table `Kernels`; CORNU_FILL_TABLE calls the right one.
// So a call of a kernel is one indirect call, without Highway's own dispatch.
#pragma once

// SSSE3 and AVX3_DL would only add size. SVE and RVV vectors have no size at compile time, and so cannot stand in the
// arrays of accumulators that the register tiles are made of; such machines use NEON.
#define CORNU_DISABLED_TARGETS \
  (HWY_SSSE3 | HWY_AVX3_DL | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV | HWY_WASM_EMU256)
// The library that only judges is to be small: on x86 it has AVX2, and AVX-512 for who asks for it
// (CORNU_JUDGE_AVX512).
#if defined(CORNU_JUDGE_ONLY) && !defined(CORNU_JUDGE_AVX512)
#define HWY_DISABLED_TARGETS (CORNU_DISABLED_TARGETS | HWY_SSE4 | HWY_AVX3)
#elif defined(CORNU_JUDGE_ONLY)
#define HWY_DISABLED_TARGETS (CORNU_DISABLED_TARGETS | HWY_SSE4)
#else
#define HWY_DISABLED_TARGETS CORNU_DISABLED_TARGETS
#endif

#include "hwy/targets.h"

#include "cornu/engine/cpu/kernels/target.h"

// Sanitizers check every step of an unrolled tile for itself: an hour and 3 GB for gemm_kernels.cpp. A loop that stays
// a loop computes the same.
#if HWY_IS_ASAN || HWY_IS_TSAN
#define CORNU_UNROLL(n)
#else
#define CORNU_UNROLL(n) HWY_UNROLL(n)
#endif

#if HWY_TARGETS & HWY_AVX3
#define CORNU_IF_AVX512(code) code
#else
#define CORNU_IF_AVX512(code)
#endif
#if HWY_TARGETS & HWY_AVX2
#define CORNU_IF_AVX2(code) code
#else
#define CORNU_IF_AVX2(code)
#endif
#if HWY_TARGETS & HWY_SSE4
#define CORNU_IF_SSE4(code) code
#else
#define CORNU_IF_SSE4(code)
#endif
#if HWY_TARGETS & HWY_NEON
#define CORNU_IF_NEON(code) code
#else
#define CORNU_IF_NEON(code)
#endif

// Inside namespace cornu::cpu, after HWY_ONCE: calls <target's namespace>::function(table).
#define CORNU_FILL_TABLE(target, function, table)                                    \
  do {                                                                               \
    switch (target) {                                                                \
      case Target::kAvx512: CORNU_IF_AVX512(N_AVX3::function(table); return;) break; \
      case Target::kAvx2: CORNU_IF_AVX2(N_AVX2::function(table); return;) break;     \
      case Target::kSse4: CORNU_IF_SSE4(N_SSE4::function(table); return;) break;     \
      case Target::kNeon: CORNU_IF_NEON(N_NEON::function(table); return;) break;     \
      case Target::kBaseline: break;                                                 \
    }                                                                                \
    HWY_STATIC_DISPATCH(function)(table);                                            \
  } while (false)
