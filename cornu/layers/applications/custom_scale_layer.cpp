#include "cornu/layers/applications/custom_scale_layer.h"

#include "cornu/layers/applications/own_module.h"
#include "cornu/layers/merging/merge.h"

namespace cornu::layers {
namespace {

struct Arguments : LayerOptions {
  Number scale = 1.0;
  template <class F>
  void fields(F& f) {
    f.required("scale", scale);
  }
};

class CustomScaleLayerImpl final : public OwnModule<LayerOf<Arguments, MergeImpl>> {
 public:
  explicit CustomScaleLayerImpl(Arguments&& arguments) : OwnModule("inception_resnet_v2", std::move(arguments)) {}
  std::string class_name() const override { return "CustomScaleLayer"; }
  std::vector<Value> call_all(CallContext&, const std::vector<Value>& inputs) override {
    return {inputs.front() + inputs.back() * static_cast<double>(o_.scale)};
  }
  std::vector<Shape> compute_output_shapes(const std::vector<Shape>& shapes) override {
    if (shapes.size() != 2 || shapes[0] != shapes[1]) {
      std::vector<std::string> given;
      for (const Shape& shape : shapes) given.push_back(to_string(shape));
      fail(cat("received: inputs of shapes ", join(given, ", "), "\n  expected: two of the same shape"));
    }
    return {shapes[0]};
  }
};

}  // namespace

CustomScaleLayer::CustomScaleLayer(Number scale, LayerOptions options)
    : Layer(make_layer<CustomScaleLayerImpl>({std::move(options), scale})) {}

void register_custom_scale_layer(Registry<Layer>& registry) {
  add_layer<CustomScaleLayerImpl>(registry, "CustomScaleLayer");
}

}  // namespace cornu::layers
