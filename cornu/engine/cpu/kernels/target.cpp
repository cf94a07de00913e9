#include "cornu/engine/cpu/kernels/target.h"

#include <array>
#include <string>

#include "cornu/core/error.h"
#include "cornu/engine/cpu/kernels/highway_targets.h"

namespace cornu::cpu {
namespace {

constexpr std::array<std::string_view, kTargetCount> kNames = {"baseline", "sse4", "avx2", "avx512", "neon"};

std::vector<Target> find_targets() {
  std::vector<Target> found;
  const std::int64_t usable = HWY_SUPPORTED_TARGETS & HWY_TARGETS;
  if (usable & HWY_AVX3) found.push_back(Target::kAvx512);
  if (usable & HWY_AVX2) found.push_back(Target::kAvx2);
  if (usable & HWY_SSE4) found.push_back(Target::kSse4);
  if (usable & HWY_NEON) found.push_back(Target::kNeon);
  // A build for a newer processor (-march=...) has no code below its own baseline.
  if (found.empty() || (HWY_STATIC_TARGET & (HWY_SCALAR | HWY_EMU128))) found.push_back(Target::kBaseline);
  return found;
}

}  // namespace

std::string_view name_of(Target target) { return kNames[static_cast<std::size_t>(target)]; }

const std::vector<Target>& available_targets() {
  static const std::vector<Target> targets = find_targets();
  return targets;
}

Target choose_target(std::string_view name) {
  if (name.empty()) return available_targets().front();
  std::vector<std::string> names;
  for (const Target target : available_targets()) {
    if (name_of(target) == name) return target;
    names.emplace_back(name_of(target));
  }
  bool known = false;
  for (const std::string_view word : kNames) known = known || word == name;
  throw EngineError(cat("[cpu engine] CORNU_CPU=", name,
                        known ? " names an instruction set that this machine or this build lacks.\n"
                              : " is no instruction set that Cornu knows.\n",
                        "  available here: ", join(names, ", "), "\n", "  leave CORNU_CPU unset to use ",
                        names.front()));
}

}  // namespace cornu::cpu
