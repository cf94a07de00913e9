// Convolutions channel by channel: a vector of channels at several places at once, so that each element of the kernel
// is loaded once for all of them.
#include "cornu/engine/cpu/kernels/highway_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cornu/engine/cpu/kernels/depthwise_kernels.cpp"
#include "hwy/foreach_target.h"

#include <algorithm>

#include "cornu/engine/cpu/kernels/kernels.h"
#include "cornu/engine/cpu/kernels/simd-inl.h"

HWY_BEFORE_NAMESPACE();
namespace cornu::cpu::HWY_NAMESPACE {
namespace {

constexpr Size kVectorLanes = static_cast<Size>(kLanes);
constexpr int kPlaces = 8;  // at once

// The taps of one line of the result that fall inside of the image: lines of the kernel, each with a run of elements.
struct LineOfTaps {
  const float* pixels;  // of the image, at the start of the line below these taps
  const float* kernel;
};

// P places next to each other, `step` floats apart in the image, `lines` lines of `taps` taps, `dilation` floats apart.
struct Block {
  const LineOfTaps* lines;
  Size line_count, first_tap, taps;
  Size start;  // where the first place's first tap lies in a line of the image
  Size step, dilation, channels;
};

template <int P, bool kPartial>
HWY_INLINE void places(const Block& b, const DepthwiseArguments& a, Size channel, std::size_t tail, float* out) {
  Vector acc[P];
  const auto get = [tail](const float* p) { return kPartial ? load_first(p, tail) : load(p); };
  const Vector bias = a.bias == nullptr ? zero() : get(a.bias + channel);
  CORNU_UNROLL(8)
  for (int p = 0; p < P; ++p) acc[p] = bias;
  for (Size l = 0; l < b.line_count; ++l) {
    const float* x = b.lines[l].pixels + b.start + channel;
    const float* w = b.lines[l].kernel + b.first_tap * b.channels + channel;
    for (Size t = 0; t < b.taps; ++t, x += b.dilation, w += b.channels) {
      const Vector weight = get(w);
      CORNU_UNROLL(8)
      for (int p = 0; p < P; ++p) acc[p] = hn::MulAdd(get(x + p * b.step), weight, acc[p]);
    }
  }
  CORNU_UNROLL(8)
  for (int p = 0; p < P; ++p) {
    Vector y = acc[p];
    if (a.relu) y = min_nan(relu_of(y), all(a.most));
    if (kPartial)
      store_first(y, out + p * b.channels + channel, tail);
    else
      store(y, out + p * b.channels + channel);
  }
}

template <int P>
HWY_NOINLINE void all_channels(const Block& b, const DepthwiseArguments& a, float* out) {
  Size c = 0;
  for (; c + kVectorLanes <= b.channels; c += kVectorLanes) places<P, false>(b, a, c, 0, out);
  if (c < b.channels) places<P, true>(b, a, c, static_cast<std::size_t>(b.channels - c), out);
}

// Places [begin, end), which all see the taps [first_tap, first_tap + taps).
void run_places(Block b, const Patches& p, const DepthwiseArguments& a, Size begin, Size end, float* line) {
  const PatchAxis& width = p.axes[2];
  while (begin < end) {
    b.start = (begin * width.stride - width.low + b.first_tap * width.dilation) * p.pixel;
    float* out = line + begin * p.channels;
    if (end - begin >= kPlaces) {
      all_channels<kPlaces>(b, a, out);
      begin += kPlaces;
    } else if (end - begin >= 4) {
      all_channels<4>(b, a, out);
      begin += 4;
    } else {
      all_channels<1>(b, a, out);
      ++begin;
    }
  }
}

Size divide_up(Size value, Size unit) { return value <= 0 ? 0 : (value + unit - 1) / unit; }

void run_line(const Patches& p, const DepthwiseArguments& a, Size line, LineOfTaps* lines) {
  const PatchAxis &depth = p.axes[0], &height = p.axes[1], &width = p.axes[2];
  const Size h = line % height.places, d = line / height.places % depth.places, n = line / height.places / depth.places;
  Block b{lines, 0, 0, width.size, 0, width.stride * p.pixel, width.dilation * p.pixel, p.channels};
  for (Size i = 0; i < depth.size; ++i)
    for (Size j = 0; j < height.size; ++j) {
      const Size z = d * depth.stride + i * depth.dilation - depth.low;
      const Size y = h * height.stride + j * height.dilation - height.low;
      if (z < 0 || z >= depth.length || y < 0 || y >= height.length) continue;
      lines[b.line_count++] = {a.image + ((n * depth.length + z) * height.length + y) * width.length * p.pixel,
                               a.kernel + (i * height.size + j) * width.size * p.channels};
    }
  float* out = a.out + line * width.places * p.channels;
  // Places whose taps are all inside, and before and after them those that see fewer.
  const Size reach = (width.size - 1) * width.dilation;
  const Size first = std::min(divide_up(width.low, width.stride), width.places);
  const Size room = width.length - reach + width.low;
  const Size last = std::clamp(divide_up(room, width.stride), first, width.places);
  run_places(b, p, a, first, last, out);
  for (Size place = 0; place < width.places; ++place) {
    if (place == first) place = last;
    if (place >= width.places) break;
    const Size start = place * width.stride - width.low;
    b.first_tap = std::min(divide_up(-start, width.dilation), width.size);
    b.taps = std::max<Size>(0, std::min(width.size, divide_up(width.length - start, width.dilation)) - b.first_tap);
    run_places(b, p, a, place, place + 1, out);
  }
}

void run_depthwise(const Patches& p, const DepthwiseArguments& a, Size begin, Size end) {
  constexpr Size kMostLines = 128;
  LineOfTaps lines[kMostLines];
  for (Size line = begin; line < end; ++line) run_line(p, a, line, lines);
}

}  // namespace

void fill_depthwise(Kernels& table) { table.windows.depthwise = &run_depthwise; }

}  // namespace cornu::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace cornu::cpu {
void fill_depthwise_table(Target target, Kernels& table) { CORNU_FILL_TABLE(target, fill_depthwise, table); }
}  // namespace cornu::cpu
#endif
