// CustomScaleLayer: the sum of InceptionResNetV2's blocks.
#pragma once

#include "cornu/layers/layer.h"

namespace cornu::layers {

// A list of two inputs of equal shapes: CustomScaleLayer(0.17)({x, y}) is x + 0.17 * y. Keras:
// applications.inception_resnet_v2.CustomScaleLayer, which only files of that architecture name.
class CustomScaleLayer : public Layer {
 public:
  explicit CustomScaleLayer(Number scale, LayerOptions options = {});
};

}  // namespace cornu::layers
