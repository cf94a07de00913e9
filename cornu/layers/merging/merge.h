// What merging layers share: a list of inputs, checked. Not for users.
#pragma once

#include "cornu/layers/layer.h"

namespace cornu::layers {

class MergeImpl : public ManyLayerImpl {
 public:
  bool takes_list() const override { return true; }
  bool notes_build_shape() const override { return true; }
  // Shape validation, as in Keras.
  void build_all(const std::vector<Shape>& input_shapes) override {
    static_cast<void>(compute_output_shapes(input_shapes));
  }
};

}  // namespace cornu::layers
