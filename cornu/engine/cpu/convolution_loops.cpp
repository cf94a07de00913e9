// Convolutions as plain loops: every dtype, any number of axes, channel by channel.
#include <algorithm>
#include <array>

#include "cornu/core/text.h"
#include "cornu/engine/cpu/computed_types.h"
#include "cornu/engine/cpu/conv_shape.h"
#include "cornu/engine/cpu/window_table.h"
#include "cornu/passes/scalar_ops.h"

namespace cornu::cpu {
namespace {

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

}  // namespace

void emit_convolution_loops(Lowering& lowering, const ConvShape& shape, DType dtype) {
  auto args = std::make_shared<LoopStep>(LoopStep{shape, WindowTable(shape.window, shape.lengths, shape.image.spatial),
                                                  places_of_result(shape),
                                                  std::vector<std::int64_t>(static_cast<std::size_t>(shape.taps))});
  taps_of_kernel(shape).offsets(0, 0, shape.taps, args->kernel.data());
  Step step;
  step.run = dispatch_computed(dtype, [](auto zero) -> StepFunction { return run_loops<decltype(zero)>; });
  step.scratch_bytes = static_cast<std::size_t>(shape.taps) * sizeof(std::int64_t);
  step.reads = {shape.image.slot, shape.kernel.slot};
  step.writes = {shape.result.slot};
  step.parts = parts_for(shape.work() / 2, args->units(), lowering.threads());
  step.label = cat("convolution ", name_of(dtype), " by loops, ", label_of(shape));
  step.args = std::move(args);
  lowering.emit(std::move(step));
}

}  // namespace cornu::cpu
