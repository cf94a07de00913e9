#include "cornu/layers/reshaping/reshape.h"

#include "cornu/layers/layer_of.h"

namespace cornu::layers {
namespace {

struct Arguments : LayerOptions {
  Shape target_shape = {};
  template <class F>
  void fields(F& f) {
    f.required("target_shape", target_shape);
  }
};

class ReshapeImpl final : public LayerOf<Arguments> {
 public:
  using LayerOf::LayerOf;
  std::string class_name() const override { return "Reshape"; }
  DType output_dtype(const std::vector<DType>& inputs, std::size_t) const override { return inputs.at(0); }
  Value call(CallContext&, Value x) override {
    Shape shape = o_.target_shape.with_batch(x.dim(0));
    // The batch is known, so a -1 in the target is found by division even when the batch is empty.
    for (int i = 1; i < shape.rank(); ++i)
      if (shape[i] < 0) shape[i] = free_dimension(x.shape());
    return ops::reshape(x, shape);
  }

 private:
  std::int64_t free_dimension(const Shape& input) const {
    std::int64_t known = 1;
    for (const std::int64_t d : o_.target_shape)
      if (d >= 0) known *= d;
    const std::int64_t size = input.slice(1, input.rank()).size();
    if (known == 0 || size % known != 0) fail(cat("cannot reshape ", input, " into ", o_.target_shape));
    return size / known;
  }
};

}  // namespace

Reshape::Reshape(Shape target_shape, LayerOptions options)
    : Layer(make_layer<ReshapeImpl>({std::move(options), std::move(target_shape)})) {}

void register_reshape(Registry<Layer>& registry) { add_layer<ReshapeImpl>(registry, "Reshape"); }

}  // namespace cornu::layers
