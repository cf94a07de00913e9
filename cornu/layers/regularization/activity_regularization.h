// ActivityRegularization: passes its input on and adds a penalty on it to the loss.
#pragma once

#include "cornu/core/fields.h"
#include "cornu/layers/layer.h"

namespace cornu::layers {

struct ActivityRegularizationOptions {
  Number l1 = 0.0;
  Number l2 = 0.0;
  CORNU_COMMON_LAYER_OPTIONS
  template <class F>
  void fields(F& f) {
    f("l1", l1);
    f("l2", l2);
  }
};

// Any shape to the same shape; the penalty is divided by the batch size. Keras: layers.ActivityRegularization.
class ActivityRegularization : public Layer {
 public:
  explicit ActivityRegularization(ActivityRegularizationOptions options = {});
};

}  // namespace cornu::layers
