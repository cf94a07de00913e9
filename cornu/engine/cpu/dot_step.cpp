#include "cornu/engine/cpu/dot_step.h"

#include <algorithm>
#include <cstring>

#include "cornu/core/text.h"
#include "cornu/engine/cpu/kernels/kernels.h"

namespace cornu::cpu {
namespace {

struct GemmStep {
  GemmPlan plan;
  Slot a, b, c;
  DotEpilogue epilogue;
};

// This part's region of C starts as the old value, when that is other memory.
void copy_start(const GemmStep& s, int part, const float* from, float* to) {
  const GemmRegion r = region_of(s.plan, part);
  const GemmShape& shape = s.plan.shape;
  const auto bytes = static_cast<std::size_t>(r.column_end - r.column_begin) * sizeof(float);
  for (Size batch = r.batch_begin; batch < r.batch_end; ++batch)
    for (Size row = r.row_begin; row < r.row_end; ++row) {
      const Size at = batch * shape.c_batch + row * shape.ldc + r.column_begin;
      std::memcpy(to + at, from + at, bytes);
    }
}

void run_gemm(const StepCall& call) {
  const auto& s = *static_cast<const GemmStep*>(call.args);
  const auto floats = [&call](Slot slot) { return static_cast<const float*>(call.slots[slot]); };
  GemmArguments g;
  if (s.plan.shape.a_form == GemmA::kStrided)
    g.a = floats(s.a);
  else
    g.rows = static_cast<const float* const*>(call.slots[s.a]);
  g.b = floats(s.b);
  g.c = static_cast<float*>(call.slots[s.c]);
  if (s.epilogue.bias >= 0) g.bias = floats(s.epilogue.bias);
  if (s.epilogue.mask >= 0) g.mask = floats(s.epilogue.mask);
  if (s.epilogue.add >= 0) g.add = floats(s.epilogue.add);
  g.alpha = s.epilogue.alpha >= 0 ? s.epilogue.alpha_sign * *floats(s.epilogue.alpha) : s.epilogue.alpha_sign;
  if (s.epilogue.start >= 0 && floats(s.epilogue.start) != g.c) copy_start(s, call.part, floats(s.epilogue.start), g.c);
  s.plan.run(call.part, g, call.scratch);
}

GemmShape gemm_shape(const DotShape& d) {
  GemmShape s;
  s.m = d.m;
  s.n = d.n;
  s.k = d.k;
  s.a_row = d.left.row_stride;
  s.a_column = d.left.column_stride;
  // B's rows are contracted. A side of length 1 has no stride of its own.
  s.b_transposed = d.n > 1 && d.right.column_stride != 1;
  s.ldb = s.b_transposed ? d.right.column_stride : d.right.row_stride;
  if (!s.b_transposed && s.ldb == 0) s.ldb = d.n;
  s.ldc = d.n;
  s.batch = d.batch;
  s.a_batch = d.left.batch_stride;
  s.b_batch = d.right.batch_stride;
  s.c_batch = d.m * d.n;
  return s;
}

// An update of weights is split by columns, as the small forward products with them are: each thread then keeps its
// columns in its own cache from step to step. The gradient through a relu makes those columns of what the update reads,
// so it is split likewise, even where the work alone would not be worth it: a cache line from another core costs more.
void split_columns(GemmPlan& plan, const DotEpilogue& epilogue, int threads) {
  constexpr Size kLeastColumnsOfPart = 32;
  const Size units = (plan.shape.n + plan.unit_n - 1) / plan.unit_n;
  int parts = plan.parts;
  if (epilogue.mask >= 0 && parts == 1 && plan.shape.batch == 1 && plan.shape.m * plan.shape.n >= 2048)
    parts = static_cast<int>(std::clamp<Size>(plan.shape.n / kLeastColumnsOfPart, 1, threads));
  if (plan.shape.patches || plan.parts_batch > 1 || units % parts != 0) return;
  plan.parts = parts;
  plan.parts_m = 1;
  plan.parts_n = parts;
}

std::string label_of(const GemmShape& g, const DotEpilogue& e) {
  std::string out = "gemm ";
  if (g.batch != 1) out += cat(g.batch, "x");
  out += cat(g.m, "x", g.n, "x", g.k);
  if (g.a_form != GemmA::kStrided) out += " of scattered rows";
  if (g.patches) out += g.patches_transposed ? " of transposed patches" : " of patches";
  if (e.bias >= 0) out += " +bias";
  if (e.add >= 0) out += " +add";
  if (e.relu) out += e.most < std::numeric_limits<float>::infinity() ? cat(" +relu", e.most) : std::string(" +relu");
  if (e.mask >= 0) out += " +mask";
  if (e.start >= 0) out += " +=";
  return out;
}

struct PackStep {
  GemmShape shape;
  Slot from, to;
};

void run_pack(const StepCall& call) {
  const auto& s = *static_cast<const PackStep*>(call.args);
  const Size panels = panel_count(s.shape, kernels());
  pack_b(s.shape, kernels(), static_cast<const float*>(call.slots[s.from]), static_cast<float*>(call.slots[s.to]),
         panels * call.part / call.parts, panels * (call.part + 1) / call.parts);
}

// A weight that stays as it is is packed once, and not in each run.
bool worth_packing(const Lowering& lowering, const GemmShape& shape, Slot b) {
  const Program& program = lowering.program();
  return program[program.root(b)].fixed && shape.batch == 1 && shape.m > 3 && shape.n > kernels().gemm.panel;
}

Slot packed(Lowering& lowering, GemmShape& shape, Slot b) {
  const Slot to = lowering.add_scratch_slot(packed_b_floats(shape, kernels()) * sizeof(float));
  Step step;
  step.run = run_pack;
  step.args = std::make_shared<const PackStep>(PackStep{shape, b, to});
  step.reads = {b};
  step.writes = {to};
  step.label = cat("pack ", shape.k, "x", shape.n);
  lowering.emit(std::move(step));
  shape.b_packed = true;
  shape.b_transposed = false;
  return to;
}

}  // namespace

void emit_gemm(Lowering& lowering, const DotShape& shape, const DotEpilogue& epilogue, Slot out) {
  GemmShape gemm = gemm_shape(shape);
  if (lowering.program()[shape.left.slot].rows_in >= 0)
    gemm.a_form = shape.left.column_stride == 1 ? GemmA::kRowPointers : GemmA::kColumnPointers;
  emit_gemm(lowering, gemm, shape.left.slot, shape.right.slot, epilogue, out);
}

void emit_gemm(Lowering& lowering, GemmShape shape, Slot a, Slot b, const DotEpilogue& epilogue, Slot out) {
  if (worth_packing(lowering, shape, b)) b = packed(lowering, shape, b);
  GemmEpilogue fused;
  if (epilogue.bias >= 0) fused.start = GemmStart::kBias;
  if (epilogue.start >= 0) fused.start = GemmStart::kC;
  fused.relu = epilogue.relu;
  fused.relu_mask = epilogue.mask >= 0;
  fused.add = epilogue.add >= 0;
  fused.most = epilogue.most;
  Step step;
  auto args = std::make_shared<GemmStep>(GemmStep{plan_gemm(shape, fused, lowering.threads()), a, b, out, epilogue});
  if (epilogue.start >= 0 || epilogue.mask >= 0) split_columns(args->plan, epilogue, lowering.threads());
  step.run = run_gemm;
  step.parts = args->plan.parts;
  step.scratch_bytes = args->plan.scratch_bytes;
  step.reads = {a, b};
  if (lowering.program()[a].rows_in >= 0) step.reads.push_back(lowering.program()[a].rows_in);
  for (const Slot slot : {epilogue.bias, epilogue.mask, epilogue.add, epilogue.start, epilogue.alpha})
    if (slot >= 0) step.reads.push_back(slot);
  if (epilogue.start >= 0) step.in_place.emplace_back(epilogue.start, out);
  step.writes = {out};
  step.label = label_of(shape, epilogue);
  step.args = std::move(args);
  lowering.emit(std::move(step));
}

}  // namespace cornu::cpu
