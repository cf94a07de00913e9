#include "cornu/engine/cpu/strided_copy.h"

#include <algorithm>
#include <cstring>

#include "cornu/core/text.h"
#include "cornu/engine/cpu/kernels/kernels.h"
#include "cornu/engine/cpu/lowering.h"

namespace cornu::cpu {
namespace {

// Innermost loops: one row of elements.
template <class T>
void copy_row(const T* from, std::int64_t from_stride, T* to, std::int64_t to_stride, std::int64_t n) {
  if (from_stride == 1 && to_stride == 1)
    std::memcpy(to, from, static_cast<std::size_t>(n) * sizeof(T));
  else if (from_stride == 0 && to_stride == 1)
    std::fill_n(to, n, *from);
  else
    for (std::int64_t i = 0; i < n; ++i) to[i * to_stride] = from[i * from_stride];
}

// Two axes whose fast directions differ: squares of one cache line a side, so that each line is fetched once.
template <class T>
void copy_square(const T* from, std::int64_t fs0, std::int64_t fs1, T* to, std::int64_t ts0, std::int64_t ts1,
                 std::int64_t n0, std::int64_t n1) {
  constexpr std::int64_t kSide =
      64 / static_cast<std::int64_t>(sizeof(T)) < 8 ? 8 : 64 / static_cast<std::int64_t>(sizeof(T));
  for (std::int64_t i0 = 0; i0 < n0; i0 += kSide)
    for (std::int64_t j0 = 0; j0 < n1; j0 += kSide) {
      const std::int64_t i1 = std::min(i0 + kSide, n0), j1 = std::min(j0 + kSide, n1);
      for (std::int64_t i = i0; i < i1; ++i)
        for (std::int64_t j = j0; j < j1; ++j) to[i * ts0 + j * ts1] = from[i * fs0 + j * fs1];
    }
}

// The kernels turn float32; any 4 bytes do.
bool turn(const StridedCopy& c, std::size_t axis, const std::uint32_t* from, std::uint32_t* to, std::int64_t n0) {
  if (c.to_strides[axis + 1] != 1) return false;
  kernels().move.transpose(reinterpret_cast<const float*>(from), static_cast<std::size_t>(c.from_strides[axis + 1]),
                           static_cast<std::size_t>(c.lengths[axis + 1]), static_cast<std::size_t>(n0),
                           reinterpret_cast<float*>(to), static_cast<std::size_t>(c.to_strides[axis]));
  return true;
}

template <class T>
void copy_axes(const StridedCopy& c, std::size_t axis, const T* from, T* to, std::int64_t begin, std::int64_t end) {
  const std::int64_t fs = c.from_strides[axis], ts = c.to_strides[axis];
  if (axis + 1 == c.lengths.size()) return copy_row(from + begin * fs, fs, to + begin * ts, ts, end - begin);
  if (axis + 2 == c.lengths.size() && fs == 1 && c.from_strides[axis + 1] > 1) {
    if constexpr (sizeof(T) == 4)
      if (turn(c, axis, from + begin * fs, to + begin * ts, end - begin)) return;
    return copy_square(from + begin * fs, fs, c.from_strides[axis + 1], to + begin * ts, ts, c.to_strides[axis + 1],
                       end - begin, c.lengths[axis + 1]);
  }
  for (std::int64_t i = begin; i < end; ++i) copy_axes(c, axis + 1, from + i * fs, to + i * ts, 0, c.lengths[axis + 1]);
}

template <class T>
void run(const StepCall& call) {
  const auto& c = *static_cast<const StridedCopy*>(call.args);
  const std::int64_t begin = c.lengths[0] * call.part / call.parts, end = c.lengths[0] * (call.part + 1) / call.parts;
  copy_axes(c, 0, static_cast<const T*>(call.slots[c.from]) + c.from_offset,
            static_cast<T*>(call.slots[c.to]) + c.to_offset, begin, end);
}

// Drops axes of length 1 and joins axes that run on from each other.
void merge_axes(StridedCopy& c) {
  StridedCopy out = c;
  out.lengths.clear();
  out.from_strides.clear();
  out.to_strides.clear();
  for (std::size_t i = 0; i < c.lengths.size(); ++i) {
    if (c.lengths[i] == 1) continue;
    if (!out.lengths.empty() && out.from_strides.back() == c.from_strides[i] * c.lengths[i] &&
        out.to_strides.back() == c.to_strides[i] * c.lengths[i]) {
      out.lengths.back() *= c.lengths[i];
      out.from_strides.back() = c.from_strides[i];
      out.to_strides.back() = c.to_strides[i];
      continue;
    }
    out.lengths.push_back(c.lengths[i]);
    out.from_strides.push_back(c.from_strides[i]);
    out.to_strides.push_back(c.to_strides[i]);
  }
  if (out.lengths.empty()) {
    out.lengths = {1};
    out.from_strides = out.to_strides = {1};
  }
  c = std::move(out);
}

// Where the source's fast axis is not the last one, it becomes the last but one, so that the two form squares.
void move_fast_axis(StridedCopy& c) {
  const std::size_t n = c.lengths.size();
  if (n < 3 || c.from_strides[n - 1] == 1 || c.from_strides[n - 1] == 0) return;
  const auto fast = std::find(c.from_strides.begin(), c.from_strides.end() - 1, 1) - c.from_strides.begin();
  if (fast >= static_cast<std::ptrdiff_t>(n) - 2) return;
  for (auto* list : {&c.lengths, &c.from_strides, &c.to_strides})
    std::rotate(list->begin() + fast, list->begin() + fast + 1, list->end() - 1);
}

}  // namespace

Step strided_copy_step(StridedCopy copy, int threads, std::string label) {
  std::int64_t elements = 1;
  for (const std::int64_t n : copy.lengths) elements *= n;
  merge_axes(copy);
  move_fast_axis(copy);
  Step step;
  step.reads = {copy.from};
  step.writes = {copy.to};
  step.label = std::move(label);
  step.parts = parts_for(static_cast<double>(elements) * 0.1, copy.lengths[0], threads);
  switch (copy.element_bytes) {
    case 1: step.run = run<std::uint8_t>; break;
    case 2: step.run = run<std::uint16_t>; break;
    case 4: step.run = run<std::uint32_t>; break;
    default: step.run = run<std::uint64_t>; break;
  }
  step.args = std::make_shared<const StridedCopy>(std::move(copy));
  return step;
}

}  // namespace cornu::cpu
