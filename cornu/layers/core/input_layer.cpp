#include "cornu/layers/core/input_layer.h"

#include "cornu/layers/from_config.h"
#include "cornu/layers/node.h"

namespace cornu::layers {
namespace {

class InputLayerImpl final : public LayerImpl {
 public:
  InputLayerImpl(Shape batch_shape, std::string dtype)
      : batch_shape_(std::move(batch_shape)), dtype_name_(std::move(dtype)) {
    dtype_from_name(dtype_name_);
  }

  std::string class_name() const override { return "InputLayer"; }
  const Shape& batch_shape() const { return batch_shape_; }

  Json config() const override {
    Json shape = Json::array();
    for (const std::int64_t d : batch_shape_) shape.push_back(d < 0 ? Json(nullptr) : Json(d));
    Json out = Json::object();
    out["batch_shape"] = shape;
    out["dtype"] = dtype_name_;
    out["sparse"] = false;
    out["ragged"] = false;
    out["name"] = name();
    out["optional"] = false;
    return out;
  }

  Value call(CallContext&, Value x) override { return x; }
  Shape compute_output_shape(const Shape&) override { return batch_shape_; }
  DType output_dtype(const std::vector<DType>&, std::size_t) const override { return dtype_from_name(dtype_name_); }

 private:
  Shape batch_shape_;
  std::string dtype_name_;
};

std::shared_ptr<LayerImpl> make_input(Shape batch_shape, const std::string& dtype, const std::string& name) {
  auto impl = std::make_shared<InputLayerImpl>(std::move(batch_shape), dtype.empty() ? "float32" : dtype);
  impl->configure(name.empty() ? unique_name("input_layer") : name, true, "float32", {});
  return impl;
}

Layer from_config(const Json& config) {
  ConfigReader reader = reader_for(config, "InputLayer");
  reader.require("batch_shape");
  const Shape shape = reader.shape("batch_shape");
  if (shape.rank() < 1) throw ValueError(cat(reader.what(), ": batch_shape needs a batch dimension"));
  for (const char* key : {"sparse", "ragged", "optional"})
    if (reader.boolean(key, false)) throw NotSupportedError(cat(reader.what(), ": ", key, "=true is not supported"));
  Layer layer(make_input(shape, dtype_from_config(reader), reader.text("name", "")));
  reader.ignore("trainable");  // some versions of tf.keras write it
  reader.finish();
  return layer;
}

}  // namespace

InputLayer::InputLayer(Shape shape, InputOptions options)
    : Layer(make_input(shape.with_batch(options.batch_size.value_or(Shape::kNone)), options.dtype, options.name)) {}

KerasTensor Input(Shape shape, InputOptions options) {
  return input_tensor(InputLayer(std::move(shape), std::move(options)));
}

std::optional<Shape> input_layer_shape(const Layer& layer) {
  if (const auto* input = dynamic_cast<const InputLayerImpl*>(&layer.impl())) return input->batch_shape();
  return std::nullopt;
}

void register_input_layer(Registry<Layer>& registry) { registry.add("InputLayer", {}, from_config); }

}  // namespace cornu::layers
