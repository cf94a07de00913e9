// Windows over images with the channels side by side: channel-by-channel convolutions and poolings.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include "cornu/engine/cpu/kernels/patches.h"

namespace cornu::cpu {

// out = min(relu(x * kernel + bias), most), each channel with its own kernel.
struct DepthwiseArguments {
  const float* image = nullptr;
  const float* kernel = nullptr;  // (taps, channels)
  const float* bias = nullptr;    // null: none
  float* out = nullptr;           // (lines, places of the width, channels)
  bool relu = false;
  float most = std::numeric_limits<float>::infinity();  // with relu
};

enum class WindowFold : std::uint8_t { kSum, kMaximum, kMinimum };

struct WindowKernels {
  // Lines [begin, end) of the result: all places along the width at one place of the other axes.
  void (*depthwise)(const Patches& patches, const DepthwiseArguments& arguments, Size begin, Size end) = nullptr;
  // y[j] = fold of x[offsets[t] + j] over the taps, for n channels; at least one tap.
  void (*fold)(WindowFold kind, const float* x, const std::int64_t* offsets, std::int64_t taps, std::int64_t n,
               float* y) = nullptr;
  // Adds source[j] to out[offsets[t] + j] for the tap t that holds the extremum: the first of equals, a NaN before all.
  // With `first`, nothing was there before: the other taps become 0.
  void (*scatter)(WindowFold kind, bool first, const float* x, const float* source, const std::int64_t* offsets,
                  std::int64_t taps, std::int64_t n, float* out) = nullptr;
};

}  // namespace cornu::cpu
