#include "cornu/layers/core/identity.h"

#include "cornu/layers/layer_of.h"

namespace cornu::layers {
namespace {

struct Arguments : LayerOptions {
  template <class F>
  void fields(F&) {}
};

class IdentityImpl final : public LayerOf<Arguments> {
 public:
  using LayerOf::LayerOf;
  std::string class_name() const override { return "Identity"; }
  Value call(CallContext&, Value x) override { return x; }
  Shape compute_output_shape(const Shape& input_shape) override { return input_shape; }
  DType output_dtype(const std::vector<DType>& inputs, std::size_t) const override { return inputs.at(0); }
};

}  // namespace

Identity::Identity(LayerOptions options) : Layer(make_layer<IdentityImpl>({std::move(options)})) {}

void register_identity(Registry<Layer>& registry) { add_layer<IdentityImpl>(registry, "Identity"); }

}  // namespace cornu::layers
