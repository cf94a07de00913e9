// Patches: a matrix that is never written out. Its rows are the places of a window over an image (batch, depth, height,
// width, channels), its columns what lies under the window there, (depth, height, width, channel), zeros where it hangs
// over the edge. A convolution is a product with it; blocks of it are copied out when a product needs them.
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
  // With one channel a column is contiguous where a row is not.
  bool by_columns() const { return channels == 1 && pixel == 1 && axes[2].stride == 1; }
};

struct PatchKernels {
  // Rows [row, row + rows) by columns [column, column + columns) of the patches of `image`: element (r, c) of that
  // block goes to to[r * ld + c], or to[c * ld + r] when patches.by_columns().
  void (*copy)(const Patches& patches, const float* image, Size row, Size rows, Size column, Size columns, float* to,
               Size ld) = nullptr;
};

}  // namespace cornu::cpu
