#include "cornu/applications/inception_blocks.h"

#include "cornu/layers/convolutional/conv.h"
#include "cornu/layers/merging/concatenate.h"
#include "cornu/layers/normalization/batch_normalization.h"
#include "cornu/layers/pooling/pooling.h"

namespace cornu::applications::inception {

KerasTensor conv(const KerasTensor& x, const Conv& c) {
  const KerasTensor y =
      layers::Conv2D(c.filters, {c.rows, c.columns},
                     {.strides = c.strides, .padding = c.valid ? "valid" : "same", .use_bias = false})(x);
  return relu(layers::BatchNormalization({.axis = 3, .scale = false})(y));
}

KerasTensor branch(KerasTensor x, const std::vector<Conv>& convs) {
  for (const Conv& c : convs) x = conv(x, c);
  return x;
}

KerasTensor pooled_branch(const KerasTensor& x, std::int64_t filters) {
  return conv(layers::AveragePooling2D(3, {.strides = 1, .padding = "same"})(x), {filters, 1, 1});
}

KerasTensor halved(const KerasTensor& x) { return layers::MaxPooling2D(3, {.strides = 2})(x); }

KerasTensor joined(const std::vector<KerasTensor>& branches, const std::string& name) {
  return layers::Concatenate({.axis = 3, .name = name})(branches);
}

}  // namespace cornu::applications::inception
