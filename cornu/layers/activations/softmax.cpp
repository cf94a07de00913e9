#include "cornu/layers/activations/softmax.h"

#include "cornu/layers/layer_of.h"

namespace cornu::layers {
namespace {

class SoftmaxImpl final : public LayerOf<SoftmaxOptions> {
 public:
  explicit SoftmaxImpl(SoftmaxOptions&& options) : LayerOf(std::move(options)) {
    if (o_.axis.axes().empty()) throw ValueError("[Softmax] received: no axis\n  expected: at least one");
  }
  std::string class_name() const override { return "Softmax"; }
  Value call(CallContext&, Value x) override { return ops::softmax(x, o_.axis.axes()); }
  Json default_call_arguments() const override { return Json{{"mask", nullptr}}; }
};

}  // namespace

Softmax::Softmax(SoftmaxOptions options) : Layer(make_layer<SoftmaxImpl>(std::move(options))) {}

void register_softmax(Registry<Layer>& registry) { add_layer<SoftmaxImpl>(registry, "Softmax"); }

}  // namespace cornu::layers
