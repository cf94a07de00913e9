// Convolution: for every element of the result, a sum over the window and the features of its group.
#include "cornu/engine/reference/kernels.h"
#include "cornu/engine/reference/numbers.h"

namespace cornu::reference {
namespace {

struct Tap {
  Index image, kernel;  // flat positions, without batch, features and outputs
};

// The window at one place of the result: what lies in holes or padding is left out.
std::vector<Tap> taps_at(const ir::ConvolutionAttributes& a, const std::vector<Index>& place, const Shape& image,
                         const Shape& kernel) {
  const std::vector<Index> image_strides = row_major_strides(image), kernel_strides = row_major_strides(kernel);
  std::vector<Tap> taps{{0, 0}};
  for (std::size_t i = 0; i < a.window.size(); ++i) {
    const auto image_axis = static_cast<std::size_t>(a.image.spatial[i]);
    const auto kernel_axis = static_cast<std::size_t>(a.kernel.spatial[i]);
    std::vector<Tap> deeper;
    for (const Tap& tap : taps)
      for (Index t = 0; t < a.window[i].size; ++t) {
        const Index at = a.window[i].element(place[i], t, image[a.image.spatial[i]]);
        if (at < 0) continue;
        deeper.push_back({tap.image + at * image_strides[image_axis], tap.kernel + t * kernel_strides[kernel_axis]});
      }
    taps = std::move(deeper);
  }
  return taps;
}

}  // namespace

void run_convolution(const ir::Node& node, const Inputs& in, Output out) {
  if (out.size() == 0) return;
  const auto& a = node.as<ir::ConvolutionAttributes>();
  const Input x = in[0], k = in[1];
  const auto stride = [](const Shape& shape, int axis) {
    return row_major_strides(shape)[static_cast<std::size_t>(axis)];
  };
  const Index x_batch = stride(x.shape(), a.image.batch), x_feature = stride(x.shape(), a.image.feature);
  const Index k_input = stride(k.shape(), a.kernel.input), k_output = stride(k.shape(), a.kernel.output);
  const Index out_batch = stride(out.shape(), a.result.batch), out_feature = stride(out.shape(), a.result.feature);
  const Index inputs = k.shape()[a.kernel.input], outputs = k.shape()[a.kernel.output];
  const Index batch = out.shape()[a.result.batch];
  const std::vector<Index> places = positions_along(out.shape(), a.result.spatial);
  dispatch(out.type.dtype, [&](auto zero) {
    using T = decltype(zero);
    for (const Index place : places) {
      std::vector<Index> index;
      for (const int axis : a.result.spatial) index.push_back(place / stride(out.shape(), axis) % out.shape()[axis]);
      const std::vector<Tap> taps = taps_at(a, index, x.shape(), k.shape());
      for (Index b = 0; b < batch; ++b)
        for (Index o = 0; o < outputs; ++o) {
          const Index group = o / (outputs / (a.feature_groups * a.batch_groups));
          const Index first =
              a.feature_groups > 1 ? b * x_batch + group * inputs * x_feature : (group * batch + b) * x_batch;
          Wide<T> sum = 0;
          for (const Tap& tap : taps)
            for (Index i = 0; i < inputs; ++i)
              sum = wrapping_add(sum, wrapping_multiply(widen(x.as<T>()[first + tap.image + i * x_feature]),
                                                        widen(k.as<T>()[tap.kernel + i * k_input + o * k_output])));
          out.as<T>()[place + b * out_batch + o * out_feature] = narrow<T>(sum);
        }
    }
  });
}

}  // namespace cornu::reference
