// Windows over tensors: reduce_window folds what a window holds, select_and_scatter finds its extremum again. Seen as
// (outer, what the window goes along, inner): the inner elements lie side by side and are walked together.
#include <algorithm>
#include <array>

#include "cornu/core/text.h"
#include "cornu/engine/cpu/computed_types.h"
#include "cornu/engine/cpu/kernels/kernels.h"
#include "cornu/engine/cpu/lowering.h"
#include "cornu/engine/cpu/window_table.h"
#include "cornu/passes/scalar_ops.h"

namespace cornu::cpu {
namespace {

using ir::Node;
using ir::Op;
using ir::Reduction;

constexpr std::int64_t kChunk = 64;  // inner elements that are walked together

struct WindowStep {
  WindowTable table;
  std::int64_t outer = 1, inner = 1;
  std::int64_t elements = 1;  // of the operand, between outer and inner
  Slot x = -1, source = -1, out = -1;

  std::int64_t chunks() const { return (inner + kChunk - 1) / kChunk; }
};

WindowStep window_step(Lowering& lowering, const Node& node, const ir::Window& window) {
  const Shape& x = lowering.graph().shape(node.operands[0]);
  std::size_t begin = 0, end = window.size();
  while (end > 0 && window[end - 1].trivial()) --end;
  while (begin < end && window[begin].trivial()) ++begin;
  const ir::Dims& lengths = x.dims();
  const ir::Dims strides = row_major_strides(x);
  const auto between = [&](const auto& list) {
    return std::decay_t<decltype(list)>(list.begin() + static_cast<std::ptrdiff_t>(begin),
                                        list.begin() + static_cast<std::ptrdiff_t>(end));
  };
  WindowStep out{WindowTable(between(window), between(lengths), between(strides))};
  for (std::size_t i = 0; i < window.size(); ++i)
    (i < begin ? out.outer : i < end ? out.elements : out.inner) *= lengths[i];
  out.x = lowering.slot(node.operands[0]);
  out.out = lowering.slot(node.result());
  return out;
}

template <Reduction kKind, class T>
void reduce(const StepCall& call) {
  using Sum = scalar::Compute<T>;
  const auto& s = *static_cast<const WindowStep*>(call.args);
  const auto* x = static_cast<const T*>(call.slots[s.x]);
  auto* y = static_cast<T*>(call.slots[s.out]);
  auto* offsets = reinterpret_cast<std::int64_t*>(call.scratch);
  const std::int64_t taps = s.table.taps(), units = s.outer * s.table.places();
  std::array<Sum, kChunk> sums;
  for (std::int64_t u = units * call.part / call.parts; u < units * (call.part + 1) / call.parts; ++u) {
    s.table.offsets(u % s.table.places(), 0, taps, offsets);
    const T* from = x + u / s.table.places() * s.elements * s.inner;
    for (std::int64_t first = 0; first < s.inner; first += kChunk) {
      const std::int64_t n = std::min(kChunk, s.inner - first);
      std::fill_n(sums.begin(), n, scalar::reduction_identity<Sum>(kKind));
      for (std::int64_t t = 0; t < taps; ++t) {
        if (offsets[t] < 0) continue;
        const T* row = from + offsets[t] + first;
        for (std::int64_t j = 0; j < n; ++j)
          sums[static_cast<std::size_t>(j)] =
              scalar::fold<kKind>(sums[static_cast<std::size_t>(j)], scalar::load(row[j]));
      }
      for (std::int64_t j = 0; j < n; ++j)
        y[u * s.inner + first + j] = scalar::store<T>(sums[static_cast<std::size_t>(j)]);
    }
  }
}

// The first of the extrema; a NaN comes before every number.
template <Reduction kKind, class C>
bool beats(C value, C record) {
  if constexpr (std::is_floating_point_v<C>) {
    if (record != record) return false;
    if (value != value) return true;
  }
  return kKind == Reduction::kMaximum ? value > record : value < record;
}

// One window: finds the extremum of each of n inner elements and adds the source there.
template <Reduction kKind, class T>
void scatter_window(const T* x, const T* source, T* out, const std::int64_t* offsets, std::int64_t taps,
                    std::int64_t n) {
  std::array<scalar::Compute<T>, kChunk> best;
  std::array<std::int64_t, kChunk> at;
  bool found = false;
  for (std::int64_t t = 0; t < taps; ++t) {
    if (offsets[t] < 0) continue;
    for (std::int64_t j = 0; j < n; ++j) {
      const auto k = static_cast<std::size_t>(j);
      const auto value = scalar::load(x[offsets[t] + j]);
      if (found && !beats<kKind>(value, best[k])) continue;
      best[k] = value;
      at[k] = offsets[t];
    }
    found = true;
  }
  if (!found) return;  // a window of padding alone
  for (std::int64_t j = 0; j < n; ++j) {
    T& to = out[at[static_cast<std::size_t>(j)] + j];
    to = scalar::store<T>(scalar::fold<Reduction::kSum>(scalar::load(to), scalar::load(source[j])));
  }
}

// Windows may overlap: a part has whole images, or at least whole channels of them.
template <Reduction kKind, class T>
void select_and_scatter(const StepCall& call) {
  const auto& s = *static_cast<const WindowStep*>(call.args);
  const auto* x = static_cast<const T*>(call.slots[s.x]);
  const auto* source = static_cast<const T*>(call.slots[s.source]);
  auto* out = static_cast<T*>(call.slots[s.out]);
  auto* offsets = reinterpret_cast<std::int64_t*>(call.scratch);
  const std::int64_t taps = s.table.taps(), places = s.table.places(), units = s.outer * s.chunks();
  for (std::int64_t u = units * call.part / call.parts; u < units * (call.part + 1) / call.parts; ++u) {
    const std::int64_t first = u % s.chunks() * kChunk, n = std::min(kChunk, s.inner - first);
    const std::int64_t image = u / s.chunks() * s.elements * s.inner + first;
    for (std::int64_t e = 0; e < s.elements; ++e) std::fill_n(out + image + e * s.inner, n, T(0));
    for (std::int64_t place = 0; place < places; ++place) {
      s.table.offsets(place, 0, taps, offsets);
      scatter_window<kKind>(x + image, source + (u / s.chunks() * places + place) * s.inner + first, out + image,
                            offsets, taps, n);
    }
  }
}

// --- float32, by the kernels ---

// The taps inside of the operand at every place, written out.
struct TapLists {
  std::vector<std::int64_t> begin{0};  // of each place, and the end
  std::vector<std::int64_t> offsets;

  explicit TapLists(const WindowTable& table) {
    std::vector<std::int64_t> taps(static_cast<std::size_t>(table.taps()));
    for (std::int64_t place = 0; place < table.places(); ++place) {
      table.offsets(place, 0, table.taps(), taps.data());
      for (const std::int64_t at : taps)
        if (at >= 0) offsets.push_back(at);
      begin.push_back(static_cast<std::int64_t>(offsets.size()));
    }
  }
};

struct FloatWindowStep {
  WindowStep window;
  TapLists taps;
  WindowFold kind;
  std::int64_t chunk;  // inner elements that a unit of scattering has

  bool disjoint = false;  // no element lies in two windows
  bool covering = false;  // and each in one

  std::int64_t places() const { return window.table.places(); }
  std::int64_t chunks() const { return (window.inner + chunk - 1) / chunk; }
};

WindowFold fold_kind(Reduction kind) {
  if (kind == Reduction::kSum) return WindowFold::kSum;
  return kind == Reduction::kMaximum ? WindowFold::kMaximum : WindowFold::kMinimum;
}

void reduce_floats(const StepCall& call) {
  const auto& s = *static_cast<const FloatWindowStep*>(call.args);
  const auto* x = static_cast<const float*>(call.slots[s.window.x]);
  auto* y = static_cast<float*>(call.slots[s.window.out]);
  const std::int64_t inner = s.window.inner, units = s.window.outer * s.places();
  const auto fold = kernels_for_columns(inner).windows.fold;
  for (std::int64_t u = units * call.part / call.parts; u < units * (call.part + 1) / call.parts; ++u) {
    const auto place = static_cast<std::size_t>(u % s.places());
    const std::int64_t first = s.taps.begin[place], count = s.taps.begin[place + 1] - first;
    const float* from = x + u / s.places() * s.window.elements * inner;
    if (count > 0)
      fold(s.kind, from, s.taps.offsets.data() + first, count, inner, y + u * inner);
    else  // a window of padding alone
      std::fill_n(y + u * inner, inner,
                  s.kind == WindowFold::kSum       ? scalar::reduction_identity<float>(Reduction::kSum)
                  : s.kind == WindowFold::kMaximum ? scalar::reduction_identity<float>(Reduction::kMaximum)
                                                   : scalar::reduction_identity<float>(Reduction::kMinimum));
  }
}

void scatter_floats(const StepCall& call) {
  const auto& s = *static_cast<const FloatWindowStep*>(call.args);
  const auto* x = static_cast<const float*>(call.slots[s.window.x]);
  const auto* source = static_cast<const float*>(call.slots[s.window.source]);
  auto* out = static_cast<float*>(call.slots[s.window.out]);
  const std::int64_t inner = s.window.inner, elements = s.window.elements, units = s.window.outer * s.chunks();
  const auto scatter = kernels_for_columns(std::min(s.chunk, inner)).windows.scatter;
  for (std::int64_t u = units * call.part / call.parts; u < units * (call.part + 1) / call.parts; ++u) {
    const std::int64_t outer = u / s.chunks(), first = u % s.chunks() * s.chunk, n = std::min(s.chunk, inner - first);
    const std::int64_t image = outer * elements * inner + first;
    if (s.covering) {
      // Each element is written once.
    } else if (n == inner) {
      std::fill_n(out + image, elements * inner, 0.0f);
    } else {
      for (std::int64_t e = 0; e < elements; ++e) std::fill_n(out + image + e * inner, n, 0.0f);
    }
    for (std::int64_t place = 0; place < s.places(); ++place) {
      const std::int64_t begin = s.taps.begin[static_cast<std::size_t>(place)];
      const std::int64_t count = s.taps.begin[static_cast<std::size_t>(place) + 1] - begin;
      if (count > 0)
        scatter(s.kind, s.disjoint, x + image, source + (outer * s.places() + place) * inner + first,
                s.taps.offsets.data() + begin, count, n, out + image);
    }
  }
}

// Lists of taps of images beyond any that somebody pools would be larger than the images.
bool fits_kernels(const WindowStep& s, DType dtype) {
  return dtype == float32 && s.inner >= 4 && s.table.places() * s.table.taps() <= std::int64_t{1} << 22;
}

StepFunction reduce_function(Reduction kind, DType dtype) {
  return dispatch_computed(dtype, [kind](auto zero) -> StepFunction {
    using T = decltype(zero);
    if (kind == Reduction::kSum) return reduce<Reduction::kSum, T>;
    return kind == Reduction::kMaximum ? reduce<Reduction::kMaximum, T> : reduce<Reduction::kMinimum, T>;
  });
}

StepFunction scatter_function(Reduction kind, DType dtype) {
  return dispatch_computed(dtype, [kind](auto zero) -> StepFunction {
    using T = decltype(zero);
    if (kind == Reduction::kMaximum) return select_and_scatter<Reduction::kMaximum, T>;
    return select_and_scatter<Reduction::kMinimum, T>;
  });
}

void emit(Lowering& lowering, const Node& node, Step step, const WindowStep& s, std::int64_t units, double work) {
  step.reads = {s.x};
  if (s.source >= 0) step.reads.push_back(s.source);
  step.writes = {s.out};
  step.parts = parts_for(work, units, lowering.threads());
  step.label = cat(name_of(node.op), ' ', lowering.graph().shape(node.operands[0]), " -> ",
                   lowering.graph().shape(node.result()));
  lowering.emit(std::move(step));
}

void emit_floats(Lowering& lowering, const Node& node, Reduction kind, const WindowStep& s) {
  const bool scatters = !kJudgeOnly && node.op == Op::kSelectAndScatter;
  const std::int64_t chunk = s.outer >= lowering.threads() ? s.inner : std::min(kChunk, s.inner);
  auto args = std::make_shared<FloatWindowStep>(FloatWindowStep{s, TapLists(s.table), fold_kind(kind), chunk});
  std::vector<std::int64_t> elements_met = args->taps.offsets;
  std::sort(elements_met.begin(), elements_met.end());
  args->disjoint = std::adjacent_find(elements_met.begin(), elements_met.end()) == elements_met.end();
  args->covering = args->disjoint && static_cast<std::int64_t>(elements_met.size()) == s.elements;
  Step step;
  step.run = scatters ? scatter_floats : reduce_floats;
  const std::int64_t units = s.outer * (scatters ? args->chunks() : args->places());
  const auto elements = static_cast<double>(s.outer * s.inner * static_cast<std::int64_t>(args->taps.offsets.size()));
  step.args = std::move(args);
  emit(lowering, node, std::move(step), s, units, elements * (scatters ? 0.3 : 0.1));
}

void emit_any(Lowering& lowering, const Node& node, StepFunction run, const WindowStep& s, std::int64_t units,
              double work) {
  Step step;
  step.run = run;
  step.scratch_bytes = static_cast<std::size_t>(s.table.taps()) * sizeof(std::int64_t);
  step.args = std::make_shared<const WindowStep>(s);
  emit(lowering, node, std::move(step), s, units, work);
}

}  // namespace

void lower_window(Lowering& lowering, const Node& node) {
  const ir::Type& type = lowering.graph().type(node.result());
  if (type.shape.size() == 0) return;
  if (node.op == Op::kReduceWindow) {
    const auto& a = node.as<ir::ReduceWindowAttributes>();
    const WindowStep s = window_step(lowering, node, a.window);
    if (fits_kernels(s, type.dtype)) return emit_floats(lowering, node, a.kind, s);
    const auto work = static_cast<double>(type.shape.size() * s.table.taps());
    return emit_any(lowering, node, reduce_function(a.kind, type.dtype), s, s.outer * s.table.places(), work);
  }
  if constexpr (kJudgeOnly) return refuse_training("select_and_scatter");
  const auto& a = node.as<ir::SelectAndScatterAttributes>();
  WindowStep s = window_step(lowering, node, a.window);
  s.source = lowering.slot(node.operands[1]);
  if (fits_kernels(s, type.dtype)) return emit_floats(lowering, node, a.kind, s);
  const auto work = static_cast<double>(s.outer * s.table.places() * s.inner * s.table.taps() + type.shape.size());
  emit_any(lowering, node, scatter_function(a.kind, type.dtype), s, s.outer * s.chunks(), 2 * work);
}

}  // namespace cornu::cpu
