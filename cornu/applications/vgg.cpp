// VGG16, VGG19: five blocks of 3x3 convolutions, then three dense layers.
#include <array>

#include "cornu/applications/architecture.h"
#include "cornu/layers/convolutional/conv.h"
#include "cornu/layers/core/dense.h"
#include "cornu/layers/pooling/pooling.h"
#include "cornu/layers/reshaping/flatten.h"

namespace cornu::applications {
namespace {

Model build(const char* builder, const std::string& name, const std::array<int, 5>& repeats,
            const ApplicationOptions& options) {
  const std::string file = cat(kKerasFiles, name, "/", name, "_weights_tf_dim_ordering_tf_kernels");
  Architecture a(request_of(builder, options, name), file + ".h5", file + "_notop.h5");
  constexpr std::array kFilters{64, 128, 256, 512, 512};
  KerasTensor x = a.begin(224, 32);
  for (std::size_t block = 0; block < repeats.size(); ++block) {
    const std::string prefix = cat("block", block + 1);
    for (int conv = 1; conv <= repeats[block]; ++conv)
      x = layers::Conv2D(kFilters[block], 3,
                         {.padding = "same", .activation = "relu", .name = cat(prefix, "_conv", conv)})(x);
    x = layers::MaxPooling2D(2, {.strides = 2, .name = prefix + "_pool"})(x);
  }
  if (!a.include_top()) return a.finish(a.pooled(x, false));
  x = layers::Flatten({.name = "flatten"})(x);
  x = layers::Dense(4096, {.activation = "relu", .name = "fc1"})(x);
  x = layers::Dense(4096, {.activation = "relu", .name = "fc2"})(x);
  return a.finish(a.predictions(x));
}

}  // namespace

Model VGG16(const ApplicationOptions& o) { return build("VGG16", "vgg16", {2, 2, 3, 3, 3}, o); }
Model VGG19(const ApplicationOptions& o) { return build("VGG19", "vgg19", {2, 2, 4, 4, 4}, o); }

}  // namespace cornu::applications
