#include "cornu/engine/cpu/kernels/kernels.h"

#include <array>
#include <cstdlib>

namespace cornu::cpu {

// One for each kernel file.
void fill_broadcast_table(Target target, Kernels& table);
void fill_depthwise_table(Target target, Kernels& table);
void fill_elementwise_table(Target target, Kernels& table);
void fill_gemm_table(Target target, Kernels& table);
void fill_move_table(Target target, Kernels& table);
void fill_optimizer_table(Target target, Kernels& table);
void fill_patch_table(Target target, Kernels& table);
void fill_peak_table(Target target, Kernels& table);
void fill_random_table(Target target, Kernels& table);
void fill_reduce_table(Target target, Kernels& table);
void fill_window_table(Target target, Kernels& table);
void fill_winograd_table(Target target, Kernels& table);

namespace {

Kernels make_kernels(Target target) {
  Kernels table;
  table.target = target;
  fill_broadcast_table(target, table);
  fill_depthwise_table(target, table);
  fill_elementwise_table(target, table);
  fill_gemm_table(target, table);
  fill_move_table(target, table);
  fill_optimizer_table(target, table);
  fill_patch_table(target, table);
  fill_peak_table(target, table);
  fill_random_table(target, table);
  fill_reduce_table(target, table);
  fill_window_table(target, table);
  fill_winograd_table(target, table);
  return table;
}

const Kernels& choose_kernels() {
  const char* name = std::getenv("CORNU_CPU");
  return kernels_for(choose_target(name == nullptr ? "" : name));
}

}  // namespace

const Kernels& kernels_for(Target target) {
  static const std::array<Kernels, kTargetCount> tables = [] {
    std::array<Kernels, kTargetCount> all;
    for (const Target t : available_targets()) all[static_cast<std::size_t>(t)] = make_kernels(t);
    return all;
  }();
  return tables[static_cast<std::size_t>(target)];
}

const Kernels& kernels() {
  static const Kernels& chosen = choose_kernels();
  return chosen;
}

const Kernels& kernels_for_columns(Size columns) {
  const Kernels& chosen = kernels();
  return chosen.target == Target::kAvx512 && columns <= 8 ? kernels_for(Target::kAvx2) : chosen;
}

std::string_view cpu_target_name() { return name_of(kernels().target); }

}  // namespace cornu::cpu
