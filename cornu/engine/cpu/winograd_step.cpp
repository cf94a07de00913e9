#include "cornu/engine/cpu/winograd_step.h"

#include <algorithm>

#include "cornu/core/text.h"
#include "cornu/engine/cpu/kernels/kernels.h"

namespace cornu::cpu {
namespace {

// Blocks of tiles whose transforms and products stay in the L2 cache.
constexpr Size kBlockFloats = Size{160} << 10;

struct WinogradStep {
  WinogradShape shape;
  Size block = 1;            // tiles
  GemmPlan plan, last_plan;  // of a whole block, and of a shorter last one
  Slot image = -1, kernel = -1, bias = -1, add = -1, mask = -1, out = -1;
  bool relu = false;
  float most = 0;

  Size blocks() const { return (shape.tiles() + block - 1) / block; }
  Size transformed_floats() const { return (kWinogradPoints * block * shape.channels + 15) / 16 * 16; }
  Size product_floats() const { return (kWinogradPoints * block * shape.filters + 15) / 16 * 16; }
};

void run_kernel(const StepCall& call) {
  const auto& s = *static_cast<const WinogradStep*>(call.args);
  const Size panels = panel_count(s.plan.shape, kernels());
  kernels().winograd.kernel(s.shape, static_cast<const float*>(call.slots[s.image]), panels * call.part / call.parts,
                            panels * (call.part + 1) / call.parts, static_cast<float*>(call.slots[s.out]));
}

void run_tiles(const StepCall& call) {
  const auto& s = *static_cast<const WinogradStep*>(call.args);
  const auto floats = [&call](Slot slot) { return slot < 0 ? nullptr : static_cast<const float*>(call.slots[slot]); };
  auto* transformed = reinterpret_cast<float*>(call.scratch);
  float* products = transformed + s.transformed_floats();
  float* scratch = products + s.product_floats();
  const WinogradResult result{.out = static_cast<float*>(call.slots[s.out]),
                              .bias = floats(s.bias),
                              .add = floats(s.add),
                              .mask = floats(s.mask),
                              .relu = s.relu,
                              .most = s.most};
  const WinogradKernels& k = kernels().winograd;
  for (Size b = s.blocks() * call.part / call.parts; b < s.blocks() * (call.part + 1) / call.parts; ++b) {
    const Size begin = b * s.block, end = std::min(s.shape.tiles(), begin + s.block);
    k.image(s.shape, floats(s.image), begin, end, transformed);
    const GemmPlan& plan = end - begin == s.block ? s.plan : s.last_plan;
    plan.run(0, {.a = transformed, .b = floats(s.kernel), .c = products}, scratch);
    k.result(s.shape, products, begin, end, result);
  }
}

GemmPlan plan_products(const WinogradShape& s, Size tiles) {
  GemmShape g = GemmShape::contiguous(tiles, s.filters, s.channels);
  g.batch = kWinogradPoints;
  g.b_packed = true;
  g.b_batch = static_cast<Size>(packed_b_floats(g, kernels()));
  return plan_gemm(g, {}, 1);
}

Size block_of(const WinogradShape& s, int threads) {
  const Size fits = std::clamp<Size>(kBlockFloats / (kWinogradPoints * (s.channels + s.filters)), 6, 96);
  // Blocks of one size, as many for each thread.
  const Size wanted = (s.tiles() + fits - 1) / fits;
  const Size blocks = (wanted + threads - 1) / threads * threads;
  return std::max<Size>(1, (s.tiles() + blocks - 1) / blocks);
}

WinogradShape shape_of(const Patches& p, std::int64_t filters) {
  return {.batch = p.batch,
          .height = p.axes[1].length,
          .width = p.axes[2].length,
          .channels = p.channels,
          .low_height = p.axes[1].low,
          .low_width = p.axes[2].low,
          .out_height = p.axes[1].places,
          .out_width = p.axes[2].places,
          .filters = filters};
}

}  // namespace

bool suits_winograd(const Lowering& lowering, const Patches& p, std::int64_t filters, Slot kernel,
                    const DotEpilogue& e) {
  const auto moves_by_one = [](const PatchAxis& a) { return a.size == 3 && a.stride == 1 && a.dilation == 1; };
  const bool flat = p.axes[0].size == 1 && p.axes[0].length == 1 && p.axes[0].places == 1;
  if (!lowering.program().winograd || !flat || !moves_by_one(p.axes[1]) || !moves_by_one(p.axes[2])) return false;
  if (p.pixel != p.channels || p.channels < 16 || filters < 16 || e.start >= 0) return false;
  // A kernel that changes from run to run is transformed in each.
  const Size tiles = shape_of(p, filters).tiles();
  return tiles >= (lowering.program()[lowering.program().root(kernel)].fixed ? 24 : 256);
}

void emit_winograd(Lowering& lowering, const Patches& patches, std::int64_t filters, Slot image, Slot kernel,
                   const DotEpilogue& e, Slot out) {
  WinogradStep s;
  s.shape = shape_of(patches, filters);
  s.block = block_of(s.shape, lowering.threads());
  s.plan = plan_products(s.shape, s.block);
  s.last_plan = plan_products(s.shape, std::max<Size>(1, s.shape.tiles() % s.block));
  const Size point_floats = static_cast<Size>(packed_b_floats(s.plan.shape, kernels()));
  const Slot packed =
      lowering.add_scratch_slot(static_cast<std::size_t>(kWinogradPoints * point_floats) * sizeof(float));
  {
    s.image = kernel;  // what this first step transforms
    s.out = packed;
    Step step;
    step.run = run_kernel;
    step.reads = {kernel};
    step.writes = {packed};
    step.parts = parts_for(static_cast<double>(kWinogradPoints * point_floats) * 0.3,
                           panel_count(s.plan.shape, kernels()), lowering.threads());
    step.label = cat("winograd kernel ", s.shape.channels, 'x', filters);
    step.args = std::make_shared<const WinogradStep>(s);
    lowering.emit(std::move(step));
  }
  s.image = image;
  s.kernel = packed;
  s.bias = e.bias;
  s.add = e.add;
  s.mask = e.mask;
  s.out = out;
  s.relu = e.relu;
  s.most = e.most;
  Step step;
  step.run = run_tiles;
  step.scratch_bytes = static_cast<std::size_t>(s.transformed_floats() + s.product_floats()) * sizeof(float) +
                       std::max(s.plan.scratch_bytes, s.last_plan.scratch_bytes);
  step.reads = {image, packed};
  for (const Slot slot : {e.bias, e.add, e.mask})
    if (slot >= 0) step.reads.push_back(slot);
  step.writes = {out};
  step.parts = parts_for(static_cast<double>(s.shape.tiles() * kWinogradPoints * s.shape.channels * filters) / 32,
                         s.blocks(), lowering.threads());
  step.label = cat("winograd ", s.shape.tiles(), 'x', filters, 'x', s.shape.channels, e.bias >= 0 ? " +bias" : "",
                   e.add >= 0 ? " +add" : "", e.mask >= 0 ? " +mask" : "", e.relu ? " +relu" : "");
  step.args = std::make_shared<const WinogradStep>(std::move(s));
  lowering.emit(std::move(step));
}

}  // namespace cornu::cpu
