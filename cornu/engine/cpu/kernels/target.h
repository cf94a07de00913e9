// Which instruction set the kernels run on: found at run time, or forced by the environment variable CORNU_CPU.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace cornu::cpu {

// kBaseline is what the compiler was told to assume for every file (plain x86-64: no vectors of ours).
enum class Target : std::uint8_t { kBaseline, kSse4, kAvx2, kAvx512, kNeon };
inline constexpr int kTargetCount = 5;

// "baseline", "sse4", "avx2", "avx512", "neon": the words of CORNU_CPU.
std::string_view name_of(Target target);
// What this build contains and this machine can run, best first. Never empty.
const std::vector<Target>& available_targets();
// The target with that name; "" chooses the best one. Throws EngineError, with the names that would do, for an unknown
// name or one that this build or this machine lacks.
Target choose_target(std::string_view name);

}  // namespace cornu::cpu
