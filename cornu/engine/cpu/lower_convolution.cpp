// Convolutions. In float32: without a window a product of matrices; channel by channel plain loops along the channels;
// everything else patches of the image, block by block, times the kernel. Other dtypes: plain loops.
#include <algorithm>
#include <array>
#include <cstring>

#include "cornu/core/text.h"
#include "cornu/engine/cpu/conv_shape.h"
#include "cornu/engine/cpu/dot_step.h"
#include "cornu/engine/cpu/kernels/gemm.h"
#include "cornu/engine/cpu/window_table.h"
#include "cornu/passes/scalar_ops.h"

namespace cornu::cpu {
namespace {

std::string label_of(const ConvShape& s, std::string_view how, DType dtype) {
  std::string out = cat("convolution ", how, ' ', name_of(dtype), ' ', s.batch, "x", s.places, "x", s.outputs, " of ");
  for (const ir::WindowAxis& w : s.window) out += cat(w.size, "x");
  out += cat(s.inputs);
  if (s.groups() != 1) out += cat(" in ", s.groups(), " groups");
  return out;
}

double work_of(const ConvShape& s) { return static_cast<double>(s.batch * s.places * s.outputs * s.taps * s.inputs); }

// --- Patches --------------------------------------------------------------------------------------------------------

// Rows are (batch, place), columns (tap, input). A block of them lies in scratch and is one product with the kernel's
// rows; blocks of columns follow one another and add up. Block sizes come from the shape alone, so that the bits do not
// depend on the number of threads.
struct PatchesStep {
  ConvShape shape;
  WindowTable table;
  std::int64_t block_rows = 1, block_taps = 1;
  // By: the last, shorter block of rows; the last, shorter block of taps; whether it adds to what is there.
  std::array<GemmPlan, 8> plans;

  std::int64_t rows() const { return shape.batch * shape.places; }
  std::int64_t row_blocks() const { return (rows() + block_rows - 1) / block_rows; }
  const GemmPlan& plan(std::int64_t rows, std::int64_t taps, bool adds) const {
    return plans[(rows != block_rows ? 4U : 0U) + (taps != block_taps ? 2U : 0U) + (adds ? 1U : 0U)];
  }
};

// Rows [begin, begin + rows) of group `image`, taps [tap, tap + taps).
void fill_patches(const PatchesStep& s, const float* image, std::int64_t begin, std::int64_t rows, std::int64_t tap,
                  std::int64_t taps, std::int64_t* offsets, float* to) {
  const auto inputs = static_cast<std::size_t>(s.shape.inputs);
  for (std::int64_t row = begin; row < begin + rows; ++row) {
    const float* from = image + row / s.shape.places * s.shape.image.batch;
    s.table.offsets(row % s.shape.places, tap, tap + taps, offsets);
    for (std::int64_t t = 0; t < taps; ++t, to += inputs) {
      if (inputs == 1)
        *to = offsets[t] < 0 ? 0.0f : from[offsets[t]];
      else if (offsets[t] < 0)
        std::fill_n(to, inputs, 0.0f);
      else
        std::memcpy(to, from + offsets[t], inputs * sizeof(float));
    }
  }
}

std::size_t round_up(std::size_t bytes) { return (bytes + 63) / 64 * 64; }

void run_patches(const StepCall& call) {
  const auto& s = *static_cast<const PatchesStep*>(call.args);
  const ConvShape& shape = s.shape;
  auto* offsets = reinterpret_cast<std::int64_t*>(call.scratch);
  std::byte* after = call.scratch + round_up(static_cast<std::size_t>(s.block_taps) * sizeof(std::int64_t));
  auto* patches = reinterpret_cast<float*>(after);
  after += round_up(static_cast<std::size_t>(s.block_rows * s.block_taps * shape.inputs) * sizeof(float));
  const auto* image = static_cast<const float*>(call.slots[shape.image.slot]);
  const auto* kernel = static_cast<const float*>(call.slots[shape.kernel.slot]);
  auto* result = static_cast<float*>(call.slots[shape.result.slot]);
  const std::int64_t units = shape.groups() * s.row_blocks();
  for (std::int64_t u = units * call.part / call.parts; u < units * (call.part + 1) / call.parts; ++u) {
    const std::int64_t group = u / s.row_blocks(), row = u % s.row_blocks() * s.block_rows;
    const std::int64_t rows = std::min(s.block_rows, s.rows() - row);
    for (std::int64_t tap = 0; tap < shape.taps; tap += s.block_taps) {
      const std::int64_t taps = std::min(s.block_taps, shape.taps - tap);
      fill_patches(s, image + group * shape.image_group_stride(), row, rows, tap, taps, offsets, patches);
      GemmArguments g;
      g.a = patches;
      g.b = kernel + tap * shape.inputs * shape.outputs + group * shape.group_outputs();
      g.c = result + row * shape.outputs + group * shape.group_outputs();
      s.plan(rows, taps, tap > 0).run(0, g, after);
    }
  }
}

void emit_patches(Lowering& lowering, const ConvShape& shape) {
  constexpr std::int64_t kColumns = 2048, kElements = 65536;  // of a block: what the inner cache holds
  auto args = std::make_shared<PatchesStep>(
      PatchesStep{shape, WindowTable(shape.window, shape.lengths, shape.image.spatial), 1, 1, {}});
  PatchesStep& s = *args;
  s.block_taps = std::clamp<std::int64_t>(kColumns / shape.inputs, 1, shape.taps);
  s.block_rows = std::clamp<std::int64_t>(kElements / (s.block_taps * shape.inputs), 16, 512);
  s.block_rows = std::min(s.block_rows, (s.rows() / 4 + 16) / 16 * 16);  // something for every thread
  std::size_t scratch = 0;
  for (unsigned i = 0; i < s.plans.size(); ++i) {
    const std::int64_t rows = i & 4U ? s.rows() % s.block_rows : s.block_rows;
    const std::int64_t taps = i & 2U ? shape.taps % s.block_taps : s.block_taps;
    if (rows == 0 || taps == 0) continue;
    GemmShape g = GemmShape::contiguous(rows, shape.group_outputs(), taps * shape.inputs);
    g.ldb = g.ldc = shape.outputs;
    GemmEpilogue epilogue;
    if (i & 1U) epilogue.start = GemmStart::kC;
    s.plans[i] = plan_gemm(g, epilogue, 1);
    scratch = std::max(scratch, s.plans[i].scratch_bytes);
  }
  Step step;
  step.run = run_patches;
  step.scratch_bytes = round_up(static_cast<std::size_t>(s.block_taps) * sizeof(std::int64_t)) +
                       round_up(static_cast<std::size_t>(s.block_rows * s.block_taps * shape.inputs) * sizeof(float)) +
                       scratch;
  step.reads = {shape.image.slot, shape.kernel.slot};
  step.writes = {shape.result.slot};
  step.parts = parts_for(work_of(shape) / 16, shape.groups() * s.row_blocks(), lowering.threads());
  step.label = label_of(shape, "by patches", float32);
  step.args = std::move(args);
  lowering.emit(std::move(step));
}

void emit_product(Lowering& lowering, const ConvShape& shape) {
  DotShape dot;
  dot.m = shape.batch * shape.places;
  dot.n = shape.outputs;
  dot.k = shape.inputs;
  dot.left = {shape.image.slot, 0, shape.inputs, 1};
  dot.right = {shape.kernel.slot, 0, shape.outputs, 1};
  emit_gemm(lowering, dot, {}, shape.result.slot);
}

// --- Loops ----------------------------------------------------------------------------------------------------------

struct LoopStep {
  ConvShape shape;
  WindowTable image, result;
  std::vector<std::int64_t> kernel;  // where each tap's rows begin

  std::int64_t units() const { return shape.batch * shape.places; }
};

constexpr std::int64_t kChunk = 64;  // outputs that are summed at once

template <class T>
using Sum = scalar::Compute<T>;

// outputs [first, first + n) at one place: `x` and `k` are where the window and its kernel begin.
template <class T>
void sum_outputs(const LoopStep& s, const T* x, const T* k, const std::int64_t* offsets, std::int64_t first,
                 std::int64_t n, Sum<T>* sums) {
  const ConvShape& shape = s.shape;
  const std::int64_t group_outputs = shape.group_outputs(), group_stride = shape.image_group_stride();
  const bool along = group_outputs == 1 && group_stride == 1 && shape.kernel.output == 1;
  std::fill_n(sums, n, Sum<T>(0));
  for (std::int64_t t = 0; t < shape.taps; ++t) {
    if (offsets[t] < 0) continue;
    for (std::int64_t i = 0; i < shape.inputs; ++i) {
      const T* from = x + offsets[t] + i * shape.image.feature;
      const T* with = k + s.kernel[static_cast<std::size_t>(t)] + i * shape.kernel.input;
      if (along) {
        from += first;
        with += first;
        for (std::int64_t o = 0; o < n; ++o)
          sums[o] = scalar::fold<ir::Reduction::kSum>(
              sums[o], scalar::fold<ir::Reduction::kProduct>(scalar::load(from[o]), scalar::load(with[o])));
      } else {
        for (std::int64_t o = 0; o < n; ++o)
          sums[o] = scalar::fold<ir::Reduction::kSum>(
              sums[o],
              scalar::fold<ir::Reduction::kProduct>(scalar::load(from[(first + o) / group_outputs * group_stride]),
                                                    scalar::load(with[(first + o) * shape.kernel.output])));
      }
    }
  }
}

template <class T>
void run_loops(const StepCall& call) {
  const auto& s = *static_cast<const LoopStep*>(call.args);
  const ConvShape& shape = s.shape;
  const auto* image = static_cast<const T*>(call.slots[shape.image.slot]);
  const auto* kernel = static_cast<const T*>(call.slots[shape.kernel.slot]);
  auto* result = static_cast<T*>(call.slots[shape.result.slot]);
  auto* offsets = reinterpret_cast<std::int64_t*>(call.scratch);
  std::array<Sum<T>, kChunk> sums;
  for (std::int64_t u = s.units() * call.part / call.parts; u < s.units() * (call.part + 1) / call.parts; ++u) {
    const std::int64_t b = u / shape.places, place = u % shape.places;
    std::int64_t to = 0;
    s.image.offsets(place, 0, shape.taps, offsets);
    s.result.offsets(place, 0, 1, &to);
    for (std::int64_t first = 0; first < shape.outputs; first += kChunk) {
      const std::int64_t n = std::min(kChunk, shape.outputs - first);
      sum_outputs(s, image + b * shape.image.batch, kernel, offsets, first, n, sums.data());
      T* out = result + b * shape.result.batch + to;
      for (std::int64_t o = 0; o < n; ++o)
        out[(first + o) * shape.result.feature] = scalar::store<T>(sums[static_cast<std::size_t>(o)]);
    }
  }
}

// The kernel's taps and the result's places, as a window of one place and one of one tap.
WindowTable taps_of_kernel(const ConvShape& s) {
  ir::Window whole;
  ir::Dims lengths;
  for (const ir::WindowAxis& w : s.window) {
    whole.push_back({.size = w.size});
    lengths.push_back(w.size);
  }
  return WindowTable(whole, lengths, s.kernel.spatial);
}
WindowTable places_of_result(const ConvShape& s) {
  ir::Dims lengths;
  for (std::size_t i = 0; i < s.window.size(); ++i) lengths.push_back(s.window[i].positions(s.lengths[i]));
  return WindowTable(ir::Window(s.window.size()), lengths, s.result.spatial);
}

void emit_loops(Lowering& lowering, const ConvShape& shape, DType dtype) {
  auto args = std::make_shared<LoopStep>(LoopStep{shape, WindowTable(shape.window, shape.lengths, shape.image.spatial),
                                                  places_of_result(shape),
                                                  std::vector<std::int64_t>(static_cast<std::size_t>(shape.taps))});
  taps_of_kernel(shape).offsets(0, 0, shape.taps, args->kernel.data());
  Step step;
  step.run = dispatch(dtype, [](auto zero) -> StepFunction { return run_loops<decltype(zero)>; });
  step.scratch_bytes = static_cast<std::size_t>(shape.taps) * sizeof(std::int64_t);
  step.reads = {shape.image.slot, shape.kernel.slot};
  step.writes = {shape.result.slot};
  step.parts = parts_for(work_of(shape) / 2, args->units(), lowering.threads());
  step.label = label_of(shape, "by loops", dtype);
  step.args = std::move(args);
  lowering.emit(std::move(step));
}

}  // namespace

void lower_convolution(Lowering& lowering, const ir::Node& node) {
  const ir::Type& type = lowering.graph().type(node.result());
  if (type.shape.size() == 0) return;
  const ConvShape shape = conv_shape(lowering, node);
  // With so few outputs a group a product has nothing to hold on to; nor has it with nothing to sum.
  const bool channel_by_channel = shape.groups() > 1 && shape.group_outputs() <= 4;
  if (type.dtype != float32 || channel_by_channel || shape.inputs == 0) return emit_loops(lowering, shape, type.dtype);
  const Arranged arranged = arrange(lowering, node);
  const bool no_window =
      std::all_of(shape.window.begin(), shape.window.end(), [](const ir::WindowAxis& w) { return w.trivial(); });
  if (no_window && shape.groups() == 1)
    emit_product(lowering, arranged.shape);
  else
    emit_patches(lowering, arranged.shape);
  finish(lowering, node, arranged);
}

}  // namespace cornu::cpu
