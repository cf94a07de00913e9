// The table of hand-written kernels, one for each instruction set. Resolved once; a call is one indirect call.
//
//   const Kernels& k = kernels();
//   k.elementwise(UnaryOp::kExp)(x, y, n);
//   k.elementwise(BinaryOp::kAdd, kScalarB)(x, &one, y, n);
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "cornu/engine/cpu/kernels/elementwise.h"
#include "cornu/engine/cpu/kernels/gemm.h"
#include "cornu/engine/cpu/kernels/optimizer.h"
#include "cornu/engine/cpu/kernels/patches.h"
#include "cornu/engine/cpu/kernels/rows.h"
#include "cornu/engine/cpu/kernels/target.h"
#include "cornu/engine/cpu/kernels/windows.h"
#include "cornu/engine/cpu/kernels/winograd.h"

namespace cornu::cpu {

struct Kernels {
  Target target = Target::kBaseline;
  GemmKernels gemm;
  ElementwiseKernels elementwise;
  ConvertKernels convert;
  ReduceKernels reduce;
  MoveKernels move;
  OptimizerKernels optimizer;
  PatchKernels patches;
  WindowKernels windows;
  WinogradKernels winograd;

  // y[i] = cornu::uniform_at(seed, draw, first + i), bit for bit.
  void (*random_uniform)(std::uint32_t seed, std::uint32_t draw, std::uint64_t first, float* y,
                         std::size_t n) = nullptr;

  // Runs `rounds` rounds of multiply-adds in registers and returns how many floating-point operations they were: the
  // measure of the machine in benchmarks.
  double (*fma_loop)(std::size_t rounds, float* sink) = nullptr;
};

// The kernels of this process: the best target, or the one named by CORNU_CPU, read at the first call. Throws
// EngineError (see choose_target) while that names nothing usable. Keep the reference: it never changes.
const Kernels& kernels();
// The kernels of this process for work on so many columns (or channels): with at most 8, vectors of 16 would stay half
// empty, and two of 8 start in the same time.
const Kernels& kernels_for_columns(Size columns);
// Those of one target, which must be in available_targets().
const Kernels& kernels_for(Target target);
// name_of(kernels().target): "avx512", "avx2", ...
std::string_view cpu_target_name();

}  // namespace cornu::cpu
