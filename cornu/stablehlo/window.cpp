#include <algorithm>

#include "cornu/core/error.h"
#include "cornu/core/text.h"
#include "cornu/stablehlo/emitter.h"

namespace cornu::stablehlo {
namespace {

using ir::WindowAxis;

// "[1, 2]": one number of each axis.
template <class F>
std::string each(const ir::Window& window, F&& number) {
  std::string out;
  for (const WindowAxis& w : window) out += cat(out.empty() ? "" : ", ", number(w));
  return out;
}
std::string padding_of(const ir::Window& window) {
  return each(window, [](const WindowAxis& w) { return cat("[", w.low, ", ", w.high, "]"); });
}

// "[b, 0, 1, f]": what each axis is.
std::string layout(int first, const char* first_name, int second, const char* second_name, const ir::Axes& spatial) {
  std::vector<std::string> names(spatial.size() + 2);
  names[static_cast<std::size_t>(first)] = first_name;
  names[static_cast<std::size_t>(second)] = second_name;
  for (std::size_t i = 0; i < spatial.size(); ++i) names[static_cast<std::size_t>(spatial[i])] = std::to_string(i);
  return cat("[", join(names, ", "), "]");
}

// The image without what negative padding cuts off, and the window without that padding: XLA's CPU backend (0.115)
// computes something else where an axis is cut at one end and padded at the other.
Ref cropped(Emitter& e, ir::ConvolutionAttributes& a, const Ref& image) {
  const auto rank = static_cast<std::size_t>(image.shape().rank());
  ir::Dims low(rank, 0), high(rank, 0), none(rank, 0);
  bool cuts = false;
  for (std::size_t i = 0; i < a.window.size(); ++i) {
    WindowAxis& w = a.window[i];
    if (w.base_dilation != 1 || (w.low >= 0 && w.high >= 0)) continue;
    const auto axis = static_cast<std::size_t>(a.image.spatial[i]);
    low[axis] = std::min<std::int64_t>(w.low, 0);
    high[axis] = std::min<std::int64_t>(w.high, 0);
    w.low -= low[axis];
    w.high -= high[axis];
    cuts = true;
  }
  return cuts ? e.pad(image, e.number(0, {image.dtype(), {}}), low, high, none) : image;
}

// The kernel turned round, and the window without that: XLA's CPU backend (0.115) runs plain loops where the window
// says it, and its GPU backend takes it back into the window by itself.
Ref turned(Emitter& e, ir::ConvolutionAttributes& a, const Ref& kernel) {
  ir::Axes axes;
  for (std::size_t i = 0; i < a.window.size(); ++i) {
    if (!a.window[i].reversed) continue;
    a.window[i].reversed = false;
    if (a.window[i].size > 1) axes.push_back(a.kernel.spatial[i]);
  }
  return axes.empty() ? kernel : e.reverse(kernel, axes);
}

// first, spatial..., last or spatial..., first, last: as permutations of the axes that are there.
ir::Axes batch_first(const ir::ImageAxes& axes) {
  ir::Axes out{axes.batch};
  out.insert(out.end(), axes.spatial.begin(), axes.spatial.end());
  out.push_back(axes.feature);
  return out;
}
ir::Axes spatial_first(const ir::KernelAxes& axes) {
  ir::Axes out = axes.spatial;
  out.insert(out.end(), {axes.input, axes.output});
  return out;
}
bool is_in_order(const ir::Axes& axes) {
  for (std::size_t i = 0; i < axes.size(); ++i)
    if (axes[i] != static_cast<int>(i)) return false;
  return true;
}
ir::Axes inverse(const ir::Axes& permutation) {
  ir::Axes out(permutation.size());
  for (std::size_t i = 0; i < permutation.size(); ++i)
    out[static_cast<std::size_t>(permutation[i])] = static_cast<int>(i);
  return out;
}

Ref convolution(Emitter& e, const ir::ConvolutionAttributes& given, const ir::Type& type, const std::vector<Ref>& in);

// The same convolution of operands in a layer's order, transposed back.
Ref plain_convolution(Emitter& e, ir::ConvolutionAttributes a, const ir::Type& type, const std::vector<Ref>& in) {
  const ir::Axes image = batch_first(a.image), kernel = spatial_first(a.kernel), result = batch_first(a.result);
  const auto rank = static_cast<int>(image.size());
  a.image = {0, rank - 1, {}};
  a.kernel = {rank - 2, rank - 1, {}};
  for (int i = 0; i < rank - 2; ++i) {
    a.image.spatial.push_back(i + 1);
    a.kernel.spatial.push_back(i);
  }
  a.result = a.image;
  ir::Type plain = type;
  for (int i = 0; i < rank; ++i) plain.shape[i] = type.shape[result[static_cast<std::size_t>(i)]];
  const auto ordered = [&](const Ref& x, const ir::Axes& axes) { return is_in_order(axes) ? x : e.transpose(x, axes); };
  return ordered(convolution(e, a, plain, {ordered(in[0], image), ordered(in[1], kernel)}), inverse(result));
}

bool is_plain(const ir::ConvolutionAttributes& a) {
  return is_in_order(batch_first(a.image)) && is_in_order(spatial_first(a.kernel)) &&
         is_in_order(batch_first(a.result));
}

Ref convolution(Emitter& e, const ir::ConvolutionAttributes& given, const ir::Type& type, const std::vector<Ref>& in) {
  if (e.options().plain_convolutions && !is_plain(given)) return plain_convolution(e, given, type, in);
  ir::ConvolutionAttributes a = given;
  const std::string precision = cat("#stablehlo<precision ", e.options().precision, ">");
  const Ref image = cropped(e, a, in[0]), kernel = turned(e, a, in[1]);
  const auto list = [&](auto&& number) { return cat("[", each(a.window, number), "]"); };
  return e.call("stablehlo.convolution", {image, kernel}, type,
                cat(" dim_numbers = ", layout(a.image.batch, "b", a.image.feature, "f", a.image.spatial), "x",
                    layout(a.kernel.input, "i", a.kernel.output, "o", a.kernel.spatial), "->",
                    layout(a.result.batch, "b", a.result.feature, "f", a.result.spatial), ", window = {stride = ",
                    list([](const WindowAxis& w) { return cat(w.stride); }), ", pad = [", padding_of(a.window),
                    "], lhs_dilate = ", list([](const WindowAxis& w) { return cat(w.base_dilation); }),
                    ", rhs_dilate = ", list([](const WindowAxis& w) { return cat(w.dilation); }),
                    ", reverse = ", list([](const WindowAxis&) { return "false"; }),
                    "} {batch_group_count = ", a.batch_groups, " : i64, feature_group_count = ", a.feature_groups,
                    " : i64, precision_config = [", precision, ", ", precision, "]}"));
}

// The attributes of a window over every axis of an operand.
std::string window_attributes(const ir::Window& window, bool with_dilations) {
  const auto array = [&](auto&& number) { return cat("array<i64: ", each(window, number), ">"); };
  std::string out;
  if (with_dilations)
    out = cat("base_dilations = ", array([](const WindowAxis& w) { return w.base_dilation; }),
              ", window_dilations = ", array([](const WindowAxis& w) { return w.dilation; }), ", ");
  return cat("<{", out, "padding = dense<[", padding_of(window), "]> : tensor<", window.size(),
             "x2xi64>, window_dimensions = ", array([](const WindowAxis& w) { return w.size; }),
             ", window_strides = ", array([](const WindowAxis& w) { return w.stride; }), "}>");
}

// StableHLO's own knows no dilation, and starts from the padding where everything is -inf; on a CPU it is slower, too.
// So, in any case: which tap of each window is the extremum, and then, tap by tap, the source put where that tap lies.
class SelectAndScatter {
 public:
  SelectAndScatter(Emitter& e, const ir::SelectAndScatterAttributes& a, const Ref& x, const Ref& source)
      : e_(e), a_(a), x_(x), source_(source), rank_(x.shape().rank()) {
    const Ref outside = e.identity(a.kind, x.dtype());
    ir::Dims low, high, interior;
    for (const WindowAxis& w : a.window) {
      low.push_back(w.low);
      high.push_back(w.high);
      interior.push_back(w.base_dilation - 1);
    }
    image_ = e.pad(x, outside, low, high, interior);
    const Ref one = e.number(1, {bool_, x.shape()}), none = e.number(0, {bool_, {}});
    is_element_ = e.pad(one, none, low, high, interior);
  }

  Ref emit() {
    find();
    Ref sum = e_.number(0, image_.type);
    for (std::int64_t tap = 0; tap < taps(); ++tap) sum = e_.same("add", {sum, placed(tap)});
    return cropped(sum);
  }

 private:
  std::int64_t taps() const {
    std::int64_t out = 1;
    for (const WindowAxis& w : a_.window) out *= w.size;
    return out;
  }
  // Where the tap lies from the window's start, an entry an axis.
  ir::Dims offset_of(std::int64_t tap) const {
    ir::Dims out(a_.window.size());
    for (std::size_t i = out.size(); i-- > 0; tap /= a_.window[i].size) {
      const WindowAxis& w = a_.window[i];
      const std::int64_t at = tap % w.size;
      out[i] = (w.reversed ? w.size - 1 - at : at) * w.dilation;
    }
    return out;
  }
  // What lies below the tap at each place.
  Ref under(const Ref& image, const ir::Dims& offset) {
    ir::Dims limit = offset, stride;
    for (std::size_t i = 0; i < offset.size(); ++i) {
      const std::int64_t places = source_.shape()[static_cast<int>(i)];
      stride.push_back(a_.window[i].stride);
      limit[i] += places == 0 ? 0 : (places - 1) * stride[i] + 1;
    }
    return e_.slice(image, offset, limit, stride);
  }

  // best_: the tap with the extremum, of equals the first, a NaN before all; -1 over padding alone.
  void find() {
    const ir::Type places{DType::kInt32, source_.shape()};
    best_ = e_.number(-1, places);
    Ref record = e_.broadcast(e_.identity(a_.kind, x_.dtype()), source_.shape(), {});
    const auto beyond = a_.kind == ir::Reduction::kMaximum ? ir::Comparison::kGreater : ir::Comparison::kLess;
    const Ref none = best_;
    for (std::int64_t tap = 0; tap < taps(); ++tap) {
      const ir::Dims offset = offset_of(tap);
      const Ref value = under(image_, offset), element = under(is_element_, offset);
      const Ref first = e_.compare(ir::Comparison::kEqual, best_, none);
      const Ref still = e_.same("not", {e_.is_nan(record)});
      const Ref better = e_.same("and", {e_.same("or", {e_.compare(beyond, value, record), e_.is_nan(value)}), still});
      const Ref takes = e_.same("and", {element, e_.same("or", {first, better})});
      best_ = e_.select(takes, e_.number(static_cast<double>(tap), places), best_);
      record = e_.select(takes, value, record);
    }
  }

  // The source where this tap is the best one, spread to where the tap lies in the padded image.
  Ref placed(std::int64_t tap) {
    const ir::Dims offset = offset_of(tap);
    const Ref here = e_.compare(ir::Comparison::kEqual, best_, e_.number(static_cast<double>(tap), best_.type));
    const Ref mine = e_.select(here, source_, e_.number(0, source_.type));
    ir::Dims high, interior;
    for (std::size_t i = 0; i < offset.size(); ++i) {
      const auto axis = static_cast<int>(i);
      const std::int64_t places = source_.shape()[axis];
      interior.push_back(a_.window[i].stride - 1);
      const std::int64_t reach = offset[i] + (places == 0 ? 0 : (places - 1) * a_.window[i].stride + 1);
      high.push_back(image_.shape()[axis] - reach);
    }
    return e_.pad(mine, e_.number(0, {source_.dtype(), {}}), offset, high, interior);
  }

  // Without the padding and the holes.
  Ref cropped(const Ref& padded) {
    // What negative padding cut away gets nothing.
    ir::Dims low, high, none(static_cast<std::size_t>(rank_), 0), start, limit, stride;
    for (int i = 0; i < rank_; ++i) {
      const WindowAxis& w = a_.window[static_cast<std::size_t>(i)];
      low.push_back(-w.low);
      high.push_back(-w.high);
      start.push_back(0);
      limit.push_back(w.dilated(x_.shape()[i]));
      stride.push_back(w.base_dilation);
    }
    const Ref whole = e_.pad(padded, e_.number(0, {padded.dtype(), {}}), low, high, none);
    return e_.slice(whole, start, limit, stride);
  }

  Emitter& e_;
  const ir::SelectAndScatterAttributes& a_;
  Ref x_, source_, image_, is_element_, best_;
  int rank_;
};

}  // namespace

Ref print_fold(Emitter& e, const ir::ReduceWindowAttributes& a, const ir::Type& type, const Ref& x) {
  if (Emitter::loses_digits(a.kind, x.dtype()))
    return e.convert(print_fold(e, a, {float32, type.shape}, e.convert(x, float32)), x.dtype());
  const Ref start = e.identity(a.kind, x.dtype());
  return e.call("\"stablehlo.reduce_window\"", {x, start}, type,
                cat(" ", window_attributes(a.window, true), " ", e.region_of(Emitter::folding(a.kind), x.dtype())));
}

Ref print_window(Emitter& e, const ir::Node& node, const ir::Type& type, const std::vector<Ref>& in) {
  switch (node.op) {
    case ir::Op::kConvolution: return convolution(e, node.as<ir::ConvolutionAttributes>(), type, in);
    case ir::Op::kReduceWindow: return print_fold(e, node.as<ir::ReduceWindowAttributes>(), type, in[0]);
    case ir::Op::kSelectAndScatter:
      if (type.shape.size() == 0 || in[1].shape().size() == 0) return e.number(0, type);
      return SelectAndScatter(e, node.as<ir::SelectAndScatterAttributes>(), in[0], in[1]).emit();
    default: throw InternalError(cat("[stablehlo] ", name_of(node.op), " has no window"));
  }
}

}  // namespace cornu::stablehlo
