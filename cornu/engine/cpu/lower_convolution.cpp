// Convolutions in float32 are products with patches of the image, in one of two forms:
//   places x (taps * inputs)  times the kernel        images: forward, and the gradient of an image
//   (places * batch) x taps, transposed, times the other image        the gradient of a kernel
// Channel by channel they have kernels of their own; in other dtypes they are plain loops.
#include <algorithm>
#include <functional>
#include <numeric>

#include "cornu/core/text.h"
#include "cornu/engine/cpu/conv_shape.h"
#include "cornu/engine/cpu/dot_step.h"
#include "cornu/engine/cpu/kernels/kernels.h"
#include "cornu/engine/cpu/strided_copy.h"
#include "cornu/engine/cpu/winograd_step.h"

namespace cornu::cpu {
namespace {

using ir::Node;
using ir::WindowAxis;

// Some of the places that a window has along an axis, and the taps that meet an element there: all of them, or, where
// the image has holes, those that fall on the same side of the holes.
struct Phase {
  PatchAxis axis;
  std::int64_t first_place = 0, place_step = 1;
  std::int64_t first_tap = 0, tap_step = 1;
};

// With holes in the image every place sees only each so-many-th tap, and the places that see the same ones form a
// convolution without holes.
std::vector<Phase> phases_of(const WindowAxis& w, std::int64_t length) {
  const std::int64_t holes = w.base_dilation, places = w.positions(length);
  if (holes == 1)
    return {{{.length = length,
              .places = places,
              .size = w.size,
              .stride = w.stride,
              .dilation = w.dilation,
              .low = w.low}}};
  std::vector<Phase> out;
  const std::int64_t tap_step = holes / std::gcd(w.dilation, holes);
  for (std::int64_t first = 0; first < std::min(holes, places); ++first) {
    Phase phase{.axis = {}, .first_place = first, .place_step = holes, .tap_step = tap_step};
    while (phase.first_tap < std::min(tap_step, w.size) && (first + phase.first_tap * w.dilation - w.low) % holes != 0)
      ++phase.first_tap;
    const std::int64_t taps =
        phase.first_tap < std::min(tap_step, w.size) ? (w.size - phase.first_tap + tap_step - 1) / tap_step : 0;
    phase.axis = {.length = length,
                  .places = (places - first + holes - 1) / holes,
                  .size = taps,
                  .dilation = tap_step * w.dilation / holes,
                  .low = -(first + phase.first_tap * w.dilation - w.low) / holes};
    out.push_back(phase);
  }
  return out;
}

bool has_holes(const ir::Window& window) {
  return std::any_of(window.begin(), window.end(), [](const WindowAxis& w) { return w.base_dilation != 1; });
}

bool splits_into_phases(const ir::Window& window) {
  return std::all_of(window.begin(), window.end(),
                     [](const WindowAxis& w) { return w.base_dilation == 1 || w.stride == 1; });
}

// The last three axes.
template <class F>
void set_axes(Patches& patches, std::size_t count, F&& axis) {
  for (std::size_t i = 0; i < count; ++i) patches.axes[3 - count + i] = axis(i);
}

// A is the patches, or, where a window of one element goes over every pixel, the image as it lies.
void set_patches(GemmShape& g, const Patches& patches, bool transposed) {
  const bool is_image = std::all_of(patches.axes.begin(), patches.axes.end(), [](const PatchAxis& a) {
    return a.size == 1 && a.stride == 1 && a.low == 0 && a.places == a.length;
  });
  if (is_image) {
    g.a_row = transposed ? 1 : patches.pixel;
    g.a_column = transposed ? patches.pixel : 1;
  } else {
    g.patches = std::make_shared<const Patches>(patches);
    g.patches_transposed = transposed;
  }
}

void emit_zeros(Lowering& lowering, Slot to, std::int64_t elements) {
  StridedCopy fill;
  fill.from = lowering.add_constant(Tensor::scalar<float>(0));
  fill.to = to;
  fill.lengths = {elements};
  fill.from_strides = {0};
  fill.to_strides = {1};
  lowering.emit(strided_copy_step(std::move(fill), lowering.threads(), "zeros"));
}

// Each feature of the image makes one of the result.
bool is_depthwise(const ConvShape& s) {
  return s.feature_groups == s.outputs && s.inputs == 1 && s.batch_groups == 1 && s.outputs > 1 && s.taps <= 128;
}

struct DepthwiseStep {
  Patches patches;
  Slot image, kernel, bias, out;
  bool relu;
  float most;

  Size lines() const { return patches.batch * patches.axes[0].places * patches.axes[1].places; }
};

void run_depthwise(const StepCall& call) {
  const auto& s = *static_cast<const DepthwiseStep*>(call.args);
  const auto floats = [&call](Slot slot) { return static_cast<const float*>(call.slots[slot]); };
  kernels().windows.depthwise(s.patches,
                              {.image = floats(s.image),
                               .kernel = floats(s.kernel),
                               .bias = s.bias >= 0 ? floats(s.bias) : nullptr,
                               .out = static_cast<float*>(call.slots[s.out]),
                               .relu = s.relu,
                               .most = s.most},
                              s.lines() * call.part / call.parts, s.lines() * (call.part + 1) / call.parts);
}

void emit_depthwise(Lowering& lowering, const Patches& patches, Slot image, Slot kernel, const DotEpilogue& e,
                    Slot out) {
  const auto args =
      std::make_shared<const DepthwiseStep>(DepthwiseStep{patches, image, kernel, e.bias, out, e.relu, e.most});
  Step step;
  step.run = run_depthwise;
  step.args = args;
  step.reads = {image, kernel};
  if (e.bias >= 0) step.reads.push_back(e.bias);
  step.writes = {out};
  step.parts =
      parts_for(static_cast<double>(patches.rows() * patches.columns()) * 0.03, args->lines(), lowering.threads());
  step.label =
      cat("depthwise ", patches.rows(), 'x', patches.columns(), e.bias >= 0 ? " +bias" : "", e.relu ? " +relu" : "");
  lowering.emit(std::move(step));
}

class ImageConvolution {
 public:
  ImageConvolution(Lowering& lowering, const Node& node, const ConvShape& shape)
      : lowering_(lowering), node_(node), a_(node.as<ir::ConvolutionAttributes>()), shape_(shape) {
    for (std::size_t i = 0; i < shape.window.size(); ++i)
      phases_.push_back(phases_of(shape.window[i], shape.lengths[i]));
  }

  // Something can be fused to it: it is one product that writes its result where it belongs.
  bool takes(const DotEpilogue& e) const {
    if (e == DotEpilogue{}) return true;
    const bool depthwise_takes = e.add < 0 && e.mask < 0 && e.start < 0;
    return !has_holes(shape_.window) && is_in_order(result_shape(), image_order(a_.result)) &&
           (!is_depthwise(shape_) || depthwise_takes);
  }

  void emit(const DotEpilogue& epilogue, Slot out) {
    image_ = in_order(lowering_, node_.operands[0], image_order(a_.image));
    const bool in_place = is_in_order(result_shape(), image_order(a_.result));
    const Slot to = in_place ? out : lowering_.add_scratch_slot(lowering_.graph().type(node_.result()).bytes());
    if (has_holes(shape_.window)) {
      emit_zeros(lowering_, to, result_shape().size());
      for_each_phase([&](const std::vector<Phase>& p) { emit_part(p, to); });
    } else {
      for_each_phase([&](const std::vector<Phase>& p) { emit_product(p, epilogue, to); });
    }
    if (!in_place) emit_back(lowering_, node_.result(), image_order(a_.result), to);
  }

 private:
  const Shape& result_shape() const { return lowering_.graph().shape(node_.result()); }

  template <class F>
  void for_each_phase(F&& visit) const {
    std::vector<Phase> now;
    const std::function<void()> deeper = [&] {
      if (now.size() == phases_.size()) return visit(now);
      for (const Phase& p : phases_[now.size()]) {
        now.push_back(p);
        deeper();
        now.pop_back();
      }
    };
    deeper();
  }

  // B: the kernel as (taps, inputs, outputs), or, with one tap, possibly as (outputs, inputs).
  Slot kernel_of(const std::vector<Phase>& phases, GemmShape& g) {
    std::int64_t taps = 1, in_order = shape_.outputs * shape_.inputs;
    const auto& k = shape_.kernel;
    bool plain = k.output == 1 && k.input == shape_.outputs, whole = true;
    for (std::size_t i = phases.size(); i-- > 0;) {
      const std::int64_t size = shape_.window[i].size;
      whole = whole && phases[i].axis.size == size;
      plain = plain && (size == 1 || (k.spatial[i] == in_order && !shape_.window[i].reversed));
      in_order *= size;
      taps *= phases[i].axis.size;
    }
    g.ldb = shape_.outputs;
    g.b_batch = shape_.group_outputs();
    if (whole && plain) return k.slot;
    if (whole && taps == 1 && k.input == 1) {
      g.b_transposed = true;
      g.ldb = k.output;
      g.b_batch = shape_.group_outputs() * k.output;
      return k.slot;
    }
    return copy_of_kernel(phases, taps);
  }

  Slot copy_of_kernel(const std::vector<Phase>& phases, std::int64_t taps) {
    const auto& k = shape_.kernel;
    StridedCopy copy;
    Shape shape;
    for (std::size_t i = 0; i < phases.size(); ++i) {
      const Phase& p = phases[i];
      const WindowAxis& w = shape_.window[i];
      shape.push_back(p.axis.size);
      copy.from_strides.push_back(p.tap_step * (w.reversed ? -k.spatial[i] : k.spatial[i]));
      copy.from_offset += (w.reversed ? w.size - 1 - p.first_tap : p.first_tap) * k.spatial[i];
    }
    shape.push_back(shape_.inputs);
    shape.push_back(shape_.outputs);
    copy.from_strides.push_back(k.input);
    copy.from_strides.push_back(k.output);
    copy.from = k.slot;
    copy.to =
        lowering_.add_scratch_slot(static_cast<std::size_t>(taps * shape_.inputs * shape_.outputs) * sizeof(float));
    copy.lengths = shape.dims();
    copy.to_strides = row_major_strides(shape);
    const Slot out = copy.to;
    lowering_.emit(strided_copy_step(std::move(copy), lowering_.threads(), cat("arrange a kernel as ", shape)));
    return out;
  }

  void emit_product(const std::vector<Phase>& phases, const DotEpilogue& epilogue, Slot to) {
    Patches patches;
    set_axes(patches, phases.size(), [&](std::size_t i) { return phases[i].axis; });
    patches.batch = shape_.batch;
    patches.channels = shape_.inputs;
    patches.pixel = shape_.inputs * shape_.feature_groups;
    GemmShape g;
    const Slot image = hangs_over_lines(patches) ? padded(patches) : image_;
    if (is_depthwise(shape_)) {
      patches.channels = patches.pixel;
      return emit_depthwise(lowering_, patches, image_, kernel_of(phases, g), epilogue, to);
    }
    g.m = patches.rows();
    g.n = shape_.group_outputs();
    g.k = patches.columns();
    set_patches(g, patches, false);
    const Slot kernel = kernel_of(phases, g);
    if (g.patches && shape_.groups() == 1 && suits_winograd(lowering_, patches, shape_.outputs, kernel, epilogue))
      return emit_winograd(lowering_, patches, shape_.outputs, image, kernel, epilogue, to);
    g.ldc = shape_.outputs;
    g.batch = shape_.groups();
    g.a_batch = shape_.feature_groups > 1 ? shape_.inputs : shape_.batch * patches.image_floats();
    g.c_batch = g.bias_batch = shape_.group_outputs();
    emit_gemm(lowering_, g, image, kernel, epilogue, to);
  }

  // With few channels the copy of a window is all bookkeeping, unless its lines lie in one piece; an image of few
  // channels is small.
  bool hangs_over_lines(const Patches& p) const {
    return p.channels < 8 && p.axes[2].dilation == 1 && shape_.groups() == 1 && !p.by_lines();
  }
  // The image with the zeros around it that the windows see; the patches become those of that image.
  Slot padded(Patches& p) {
    StridedCopy copy;
    Shape from{p.batch}, to{p.batch};
    std::vector<std::int64_t> lows;
    for (PatchAxis& a : p.axes) {
      const std::int64_t low = std::max<std::int64_t>(a.low, 0);
      const std::int64_t reach = (a.places - 1) * a.stride + (a.size - 1) * a.dilation + 1 - a.low;
      const std::int64_t high = std::max<std::int64_t>(reach - a.length, 0);
      from.push_back(a.length);
      to.push_back(low + a.length + high);
      a.low -= low;
      lows.push_back(low);
      a.length = to.back();
    }
    from.push_back(p.pixel);
    to.push_back(p.pixel);
    copy.from = image_;
    copy.to = lowering_.add_scratch_slot(static_cast<std::size_t>(to.size()) * sizeof(float));
    copy.lengths = from.dims();
    copy.from_strides = row_major_strides(from);
    copy.to_strides = row_major_strides(to);
    for (std::size_t i = 0; i < lows.size(); ++i) copy.to_offset += lows[i] * copy.to_strides[i + 1];
    const Slot out = copy.to;
    emit_zeros(lowering_, out, to.size());
    lowering_.emit(strided_copy_step(std::move(copy), lowering_.threads(), cat("zeros around ", from)));
    return out;
  }

  // The product of one phase, whose places lie apart in the result.
  void emit_part(const std::vector<Phase>& phases, Slot to) {
    StridedCopy copy;
    Shape part{shape_.batch}, whole{shape_.batch};
    bool empty = shape_.inputs == 0;
    for (std::size_t i = 0; i < phases.size(); ++i) {
      part.push_back(phases[i].axis.places);
      whole.push_back(shape_.window[i].positions(shape_.lengths[i]));
      empty = empty || phases[i].axis.size == 0;
    }
    if (empty) return;  // no tap meets an element: zeros
    part.push_back(shape_.outputs);
    whole.push_back(shape_.outputs);
    copy.from = lowering_.add_scratch_slot(static_cast<std::size_t>(part.size()) * sizeof(float));
    emit_product(phases, {}, copy.from);
    copy.to = to;
    copy.lengths = part.dims();
    copy.from_strides = row_major_strides(part);
    copy.to_strides = row_major_strides(whole);
    for (std::size_t i = 0; i < phases.size(); ++i) {
      copy.to_offset += phases[i].first_place * copy.to_strides[i + 1];
      copy.to_strides[i + 1] *= phases[i].place_step;
    }
    lowering_.emit(strided_copy_step(std::move(copy), lowering_.threads(), cat("every so-many-th place of ", whole)));
  }

  Lowering& lowering_;
  const Node& node_;
  const ir::ConvolutionAttributes& a_;
  const ConvShape& shape_;
  std::vector<std::vector<Phase>> phases_;  // of each axis
  Slot image_ = -1;
};

// The window is an image itself, and what slides below it are a kernel's taps: batch and features have changed places.
class KernelGradient {
 public:
  KernelGradient(Lowering& lowering, const Node& node, const ConvShape& shape)
      : lowering_(lowering), node_(node), a_(node.as<ir::ConvolutionAttributes>()), shape_(shape) {}

  bool fits() const {
    const bool plain =
        std::all_of(shape_.window.begin(), shape_.window.end(), [](const WindowAxis& w) { return !w.reversed; });
    const Shape& image = lowering_.graph().shape(node_.operands[0]);
    // One image of one feature lies both ways.
    const bool lies_so = is_in_order(image, image_axes()) && !is_in_order(image, image_order(a_.image));
    return plain && shape_.feature_groups == 1 && shape_.batch > 0 && (lies_so || shape_.taps > shape_.places);
  }
  bool is_one_product() const { return is_in_order(lowering_.graph().shape(node_.result()), result_axes()); }

  void emit(const DotEpilogue& epilogue, Slot out) {
    Patches patches;
    set_axes(patches, shape_.window.size(), [&](std::size_t i) {
      const WindowAxis& w = shape_.window[i];
      return PatchAxis{.length = w.dilated(shape_.lengths[i]),
                       .places = w.size,
                       .size = w.positions(shape_.lengths[i]),
                       .stride = w.dilation,
                       .dilation = w.stride,
                       .low = w.low};
    });
    patches.batch = shape_.inputs;
    patches.channels = shape_.batch;
    patches.pixel = shape_.batch * shape_.batch_groups;
    GemmShape g;
    g.m = patches.columns();
    g.n = shape_.group_outputs();
    g.k = patches.rows();
    set_patches(g, patches, true);
    g.ldb = g.ldc = shape_.outputs;
    g.batch = shape_.groups();
    g.a_batch = shape_.batch;
    g.b_batch = g.c_batch = shape_.group_outputs();
    Slot image = in_order(lowering_, node_.operands[0], image_axes());
    if (has_holes(shape_.window)) image = with_holes(image);
    const Slot kernel =
        in_order(lowering_, node_.operands[1], between(a_.kernel.input, a_.kernel.spatial, a_.kernel.output));
    if (is_one_product()) return emit_gemm(lowering_, g, image, kernel, epilogue, out);
    const Slot to = lowering_.add_scratch_slot(lowering_.graph().type(node_.result()).bytes());
    emit_gemm(lowering_, g, image, kernel, {}, to);
    emit_back(lowering_, node_.result(), result_axes(), to);
  }

 private:
  static ir::Axes between(int first, const ir::Axes& spatial, int last) {
    ir::Axes out{first};
    out.insert(out.end(), spatial.begin(), spatial.end());
    out.push_back(last);
    return out;
  }
  // The image with zeros between its elements, as the gradient of a transposed convolution sees it.
  Slot with_holes(Slot image) {
    const Shape& all = lowering_.graph().shape(node_.operands[0]);
    Shape from{all[a_.image.feature]}, to{all[a_.image.feature]};
    for (std::size_t i = 0; i < shape_.window.size(); ++i) {
      from.push_back(shape_.lengths[i]);
      to.push_back(shape_.window[i].dilated(shape_.lengths[i]));
    }
    from.push_back(all[a_.image.batch]);
    to.push_back(all[a_.image.batch]);
    StridedCopy copy;
    copy.from = image;
    copy.to = lowering_.add_scratch_slot(static_cast<std::size_t>(to.size()) * sizeof(float));
    copy.lengths = from.dims();
    copy.from_strides = row_major_strides(from);
    copy.to_strides = row_major_strides(to);
    for (std::size_t i = 0; i < shape_.window.size(); ++i) copy.to_strides[i + 1] *= shape_.window[i].base_dilation;
    emit_zeros(lowering_, copy.to, to.size());
    const Slot out = copy.to;
    lowering_.emit(strided_copy_step(std::move(copy), lowering_.threads(), cat("holes in an image of ", from)));
    return out;
  }
  ir::Axes image_axes() const { return between(a_.image.feature, a_.image.spatial, a_.image.batch); }
  ir::Axes result_axes() const {
    ir::Axes out = a_.result.spatial;
    out.push_back(a_.result.batch);
    out.push_back(a_.result.feature);
    return out;
  }

  Lowering& lowering_;
  const Node& node_;
  const ir::ConvolutionAttributes& a_;
  const ConvShape& shape_;
};

bool is_product(const ConvShape& shape, DType dtype) {
  // With so few outputs a group a product has nothing to hold on to; nor has it with nothing to sum.
  const bool channel_by_channel = shape.groups() > 1 && shape.group_outputs() <= 4 && !is_depthwise(shape);
  return dtype == float32 && !channel_by_channel && shape.inputs > 0 && shape.window.size() <= 3;
}

}  // namespace

void lower_convolution(Lowering& lowering, const Node& node) {
  const ir::Type& type = lowering.graph().type(node.result());
  if (type.shape.size() == 0) return;
  if (lower_convolution_with(lowering, node, {}, lowering.slot(node.result()))) return;
  emit_convolution_loops(lowering, conv_shape(lowering, node), type.dtype);
}

bool lower_convolution_with(Lowering& lowering, const Node& node, const DotEpilogue& epilogue, Slot out) {
  const ConvShape shape = conv_shape(lowering, node);
  if (!is_product(shape, lowering.graph().type(node.result()).dtype)) return false;
  KernelGradient kernel(lowering, node, shape);
  if (kernel.fits()) {
    if (epilogue != DotEpilogue{} && !kernel.is_one_product()) return false;
    kernel.emit(epilogue, out);
    return true;
  }
  ImageConvolution image(lowering, node, shape);
  if (!splits_into_phases(shape.window) || !image.takes(epilogue)) return false;
  image.emit(epilogue, out);
  return true;
}

}  // namespace cornu::cpu
