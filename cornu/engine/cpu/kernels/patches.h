// Patches: a matrix that is never written out. Its rows are the places of a window over an image (batch, depth, height,
// width, channels), its columns what lies under the window there, (depth, height, width, channel), zeros where it hangs
// over the edge. A convolution is a product with it: its rows are read from the image where they lie, piece by piece,
// or blocks of it are copied out first.
#pragma once

#include <array>
#include <cstddef>

namespace cornu::cpu {

using Size = std::ptrdiff_t;

// How the window slides along one axis; ir::WindowAxis says what the numbers mean.
struct PatchAxis {
  Size length = 1;  // of the image
  Size places = 1, size = 1, stride = 1, dilation = 1, low = 0;
};

struct Patches {
  std::array<PatchAxis, 3> axes;  // an axis that an image lacks has one place and one tap
  Size batch = 1;
  Size channels = 1;  // under the window
  Size pixel = 1;     // channels that the image has: how far its pixels lie apart

  Size rows() const { return batch * axes[0].places * axes[1].places * axes[2].places; }
  Size columns() const { return axes[0].size * axes[1].size * axes[2].size * channels; }
  Size image_floats() const { return axes[0].length * axes[1].length * axes[2].length * pixel; }
  // A row consists of segments that lie in one piece in the image: whole lines of taps where no window hangs over the
  // edge of a line, else the channels below one tap.
  bool by_lines() const {
    const PatchAxis& w = axes[2];
    return w.dilation == 1 && pixel == channels && w.low <= 0 && (w.places - 1) * w.stride - w.low + w.size <= w.length;
  }
  Size segment() const { return by_lines() ? axes[2].size * channels : channels; }
  // Whether no window hangs over any edge, so that all of one line of places is a matrix with strides.
  bool inside() const {
    bool all = by_lines() && axes[0].size == 1;
    for (const PatchAxis& a : axes)
      all = all && a.low <= 0 && (a.places - 1) * a.stride - a.low + (a.size - 1) * a.dilation + 1 <= a.length;
    return all;
  }
  // Of a window inside: from one line of taps to the next.
  Size line_pitch() const { return axes[1].dilation * axes[2].length * pixel; }
  // With one channel a column is contiguous where a row is not.
  bool by_columns() const { return channels == 1 && pixel == 1 && axes[2].stride == 1; }
};

struct PatchKernels {
  // Where segments [segment, segment + segments) of rows [row, row + rows) begin: that of segment s and row r goes to
  // to[s * rows + r]. What lies outside of the image begins at `zeros`.
  void (*point)(const Patches& patches, const float* image, Size row, Size rows, Size segment, Size segments,
                const float* zeros, const float** to) = nullptr;
  // Rows [row, row + rows) by columns [column, column + columns) of the patches of `image`: element (r, c) of that
  // block goes to to[r * ld + c], or to[c * ld + r] when patches.by_columns().
  void (*copy)(const Patches& patches, const float* image, Size row, Size rows, Size column, Size columns, float* to,
               Size ld) = nullptr;
};

}  // namespace cornu::cpu
