#include "cornu/layers/reshaping/flatten.h"

#include "cornu/layers/layer_of.h"

namespace cornu::layers {
namespace {

class FlattenImpl final : public LayerOf<FlattenOptions> {
 public:
  explicit FlattenImpl(FlattenOptions&& options) : LayerOf(std::move(options)) {
    if (o_.data_format != "channels_last" && o_.data_format != "channels_first")
      throw ValueError(
          cat("[Flatten] received: data_format=\"", o_.data_format, "\"\n  expected: channels_last or channels_first"));
  }
  std::string class_name() const override { return "Flatten"; }
  bool notes_build_shape() const override { return true; }

  DType output_dtype(const std::vector<DType>& inputs, std::size_t) const override { return inputs.at(0); }
  Value call(CallContext&, Value x) override {
    if (o_.data_format == "channels_first" && x.rank() > 2) {
      std::vector<int> order = {0};
      for (int i = 2; i < x.rank(); ++i) order.push_back(i);
      order.push_back(1);
      x = ops::transpose(x, order);
    }
    const std::int64_t batch = x.dim(0);
    return ops::reshape(x, {batch, batch == 0 ? x.shape().slice(1, x.rank()).size() : x.shape().size() / batch});
  }
};

}  // namespace

Flatten::Flatten(FlattenOptions options) : Layer(make_layer<FlattenImpl>(std::move(options))) {}

void register_flatten(Registry<Layer>& registry) { add_layer<FlattenImpl>(registry, "Flatten"); }

}  // namespace cornu::layers
