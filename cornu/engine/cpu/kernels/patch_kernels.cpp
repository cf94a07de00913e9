// Copies blocks of patches out of an image: runs of floats, with zeros for what hangs over the edge.
#include "cornu/engine/cpu/kernels/highway_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cornu/engine/cpu/kernels/patch_kernels.cpp"
#include "hwy/foreach_target.h"

#include <algorithm>

#include "cornu/engine/cpu/kernels/kernels.h"
#include "cornu/engine/cpu/kernels/simd-inl.h"

HWY_BEFORE_NAMESPACE();
namespace cornu::cpu::HWY_NAMESPACE {
namespace {

constexpr Size kVectorLanes = static_cast<Size>(kLanes);

// Runs are short: a call of memcpy would be half of their time.
HWY_INLINE void copy_run(const float* from, float* to, Size n) {
  Size i = 0;
  for (; i + kVectorLanes <= n; i += kVectorLanes) store(load(from + i), to + i);
  if (i < n)
    store_first(load_first(from + i, static_cast<std::size_t>(n - i)), to + i, static_cast<std::size_t>(n - i));
}

HWY_INLINE void zero_run(float* to, Size n) {
  Size i = 0;
  for (; i + kVectorLanes <= n; i += kVectorLanes) store(zero(), to + i);
  if (i < n) store_first(zero(), to + i, static_cast<std::size_t>(n - i));
}

// A place of the window: which image, and where its first tap falls on each axis.
class Place {
 public:
  Place(const Patches& patches, Size row) : patches_(patches) {
    for (std::size_t i = 3; i-- > 0;) {
      at_[i] = row % patches.axes[i].places;
      row /= patches.axes[i].places;
    }
    image_ = row;
  }
  void next() {
    for (std::size_t i = 3; i-- > 0;) {
      if (++at_[i] < patches_.axes[i].places) return;
      at_[i] = 0;
    }
    ++image_;
  }
  Size image() const { return image_; }
  Size along(std::size_t axis) const { return at_[axis]; }
  Size first(std::size_t axis) const { return at_[axis] * patches_.axes[axis].stride - patches_.axes[axis].low; }

 private:
  const Patches& patches_;
  std::array<Size, 3> at_{};
  Size image_ = 0;
};

// Where the pixels of one line of taps (along the width) begin in the image; null outside of it.
HWY_INLINE const float* line_of(const Patches& p, const float* image, const Place& place, Size line) {
  const PatchAxis &depth = p.axes[0], &height = p.axes[1];
  const Size d = place.first(0) + line / height.size * depth.dilation;
  const Size h = place.first(1) + line % height.size * height.dilation;
  if (d < 0 || d >= depth.length || h < 0 || h >= height.length) return nullptr;
  return image + place.image() * p.image_floats() + (d * height.length + h) * p.axes[2].length * p.pixel;
}

// Floats [begin, end) of a line of taps that starts at pixel `first`.
HWY_INLINE void copy_line(const Patches& p, const float* line, Size first, Size begin, Size end, float* to) {
  const PatchAxis& width = p.axes[2];
  if (width.dilation == 1 && p.pixel == p.channels) {
    const Size inside = std::clamp(-first * p.channels, begin, end);
    const Size outside = std::clamp((width.length - first) * p.channels, inside, end);
    zero_run(to, inside - begin);
    copy_run(line + first * p.channels + inside, to + inside - begin, outside - inside);
    zero_run(to + outside - begin, end - outside);
    return;
  }
  for (Size tap = begin / p.channels; tap * p.channels < end; ++tap) {
    const Size low = std::max(begin, tap * p.channels), high = std::min(end, (tap + 1) * p.channels);
    const Size at = first + tap * width.dilation;
    if (at < 0 || at >= width.length)
      zero_run(to, high - low);
    else
      copy_run(line + at * p.pixel + low - tap * p.channels, to, high - low);
    to += high - low;
  }
}

void copy_by_rows(const Patches& p, const float* image, Size row, Size rows, Size column, Size columns, float* to,
                  Size ld) {
  const Size line_floats = p.axes[2].size * p.channels;
  const Size first_line = column / line_floats, begin = column - first_line * line_floats;
  Place place(p, row);
  for (Size r = 0; r < rows; ++r, place.next(), to += ld) {
    Size done = 0, low = begin;
    for (Size l = first_line; done < columns; ++l, low = 0) {
      const Size high = std::min(line_floats, low + columns - done);
      if (const float* line = line_of(p, image, place, l))
        copy_line(p, line, place.first(2), low, high, to + done);
      else
        zero_run(to + done, high - low);
      done += high - low;
    }
  }
}

// Rows of patches whose places stand next to each other on one line.
struct Run {
  Size row, length;           // within the block
  Size depth, height, width;  // where the first one's first tap falls
  const float* image;
};

// One channel, windows moving by one: along a column the rows of one line of places are neighbours in the image.
void copy_by_columns(const Patches& p, const float* image, Size row, Size rows, Size column, Size columns, float* to,
                     Size ld) {
  const PatchAxis &depth = p.axes[0], &height = p.axes[1], &width = p.axes[2];
  for (Size r = 0; r < rows;) {
    // A few runs at a time: the taps are the outer loop, so that what they need is computed once for all of these.
    constexpr Size kMostRuns = 16;
    Run runs[kMostRuns];
    Size count = 0;
    for (; count < kMostRuns && r < rows; ++count) {
      const Place place(p, row + r);
      const Size length = std::min(rows - r, width.places - place.along(2));
      runs[count] = {
          r, length, place.first(0), place.first(1), place.first(2), image + place.image() * p.image_floats()};
      r += length;
    }
    for (Size c = 0; c < columns; ++c) {
      const Size tap = column + c, line = tap / width.size;
      const Size d = line / height.size * depth.dilation, h = line % height.size * height.dilation;
      const Size w = (tap - line * width.size) * width.dilation;
      for (Size i = 0; i < count; ++i) {
        const Run& run = runs[i];
        float* out = to + c * ld + run.row;
        const Size z = run.depth + d, y = run.height + h, x = run.width + w;
        if (z < 0 || z >= depth.length || y < 0 || y >= height.length) {
          zero_run(out, run.length);
          continue;
        }
        const float* from = run.image + (z * height.length + y) * width.length + x;
        if (x >= 0 && x + run.length <= width.length) {
          copy_run(from, out, run.length);
          continue;
        }
        const Size inside = std::clamp<Size>(-x, 0, run.length);
        const Size outside = std::clamp(width.length - x, inside, run.length);
        zero_run(out, inside);
        copy_run(from + inside, out + inside, outside - inside);
        zero_run(out + outside, run.length - outside);
      }
    }
  }
}

void point_patches(const Patches& p, const float* image, Size row, Size rows, Size segment, Size segments,
                   const float* zeros, const float** to) {
  const bool lines = p.by_lines();
  const Size in_line = lines ? 1 : p.axes[2].size;
  Place place(p, row);
  for (Size r = 0; r < rows; ++r, place.next()) {
    Size line = segment / in_line, tap = segment - line * in_line;
    const float* start = line_of(p, image, place, line);
    for (Size s = 0; s < segments; ++s) {
      const Size at = place.first(2) + tap * p.axes[2].dilation;
      const bool inside = start != nullptr && at >= 0 && at < p.axes[2].length;
      to[s * rows + r] = inside ? start + at * p.pixel : zeros;
      if (++tap < in_line || s + 1 == segments) continue;
      tap = 0;
      start = line_of(p, image, place, ++line);
    }
  }
}

void copy_patches(const Patches& p, const float* image, Size row, Size rows, Size column, Size columns, float* to,
                  Size ld) {
  if (p.by_columns())
    copy_by_columns(p, image, row, rows, column, columns, to, ld);
  else
    copy_by_rows(p, image, row, rows, column, columns, to, ld);
}

}  // namespace

void fill_patches(Kernels& table) {
  table.patches.copy = &copy_patches;
  table.patches.point = &point_patches;
}

}  // namespace cornu::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace cornu::cpu {
void fill_patch_table(Target target, Kernels& table) { CORNU_FILL_TABLE(target, fill_patches, table); }
}  // namespace cornu::cpu
#endif
