#include "cornu/layers/reshaping/reshape.h"

#include "cornu/layers/from_config.h"

namespace cornu::layers {
namespace {

class ReshapeImpl final : public LayerImpl {
 public:
  explicit ReshapeImpl(Shape target) : target_(std::move(target)) {}
  std::string class_name() const override { return "Reshape"; }
  Json own_config() const override { return Json{{"target_shape", target_.dims()}}; }
  Value call(CallContext&, Value x) override {
    Shape shape = target_.with_batch(x.dim(0));
    // The batch is known, so a -1 in the target is found by division even when the batch is empty.
    for (int i = 1; i < shape.rank(); ++i)
      if (shape[i] < 0) shape[i] = free_dimension(x.shape());
    return ops::reshape(x, shape);
  }

 private:
  std::int64_t free_dimension(const Shape& input) const {
    std::int64_t known = 1;
    for (const std::int64_t d : target_)
      if (d >= 0) known *= d;
    const std::int64_t size = input.slice(1, input.rank()).size();
    if (known == 0 || size % known != 0) fail(cat("cannot reshape ", input, " into ", target_));
    return size / known;
  }
  Shape target_;
};

Layer from_config(const Json& config) {
  ConfigReader reader = reader_for(config, "Reshape");
  LayerOptions o;
  read_common(reader, o);
  reader.require("target_shape");
  return finish(reader, Reshape(reader.shape("target_shape"), o));
}

}  // namespace

Reshape::Reshape(Shape target_shape, LayerOptions options)
    : Layer(make_impl<ReshapeImpl>(options, std::move(target_shape))) {}

void register_reshape(Registry<Layer>& registry) { registry.add("Reshape", {}, from_config); }

}  // namespace cornu::layers
