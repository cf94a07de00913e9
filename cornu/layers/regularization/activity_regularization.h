// ActivityRegularization: passes its input on and adds a penalty on it to the loss.
#pragma once

#include "cornu/layers/layer.h"

namespace cornu::layers {

struct ActivityRegularizationOptions {
  double l1 = 0.0;
  double l2 = 0.0;
  CORNU_COMMON_LAYER_OPTIONS
};

// Any shape to the same shape; the penalty is divided by the batch size. Keras: layers.ActivityRegularization.
class ActivityRegularization : public Layer {
 public:
  explicit ActivityRegularization(ActivityRegularizationOptions options = {});
};

}  // namespace cornu::layers
