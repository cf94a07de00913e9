#include "cornu/layers/preprocessing/rescaling.h"

#include "cornu/layers/from_config.h"

namespace cornu::layers {
namespace {

// A number or a list, as it was given; Keras keeps the difference.
struct Numbers {
  std::vector<double> values;
  bool is_list = false;
  Json json() const { return is_list ? Json(values) : Json(values[0]); }
};

class RescalingImpl final : public LayerImpl {
 public:
  RescalingImpl(Numbers scale, Numbers offset, Json scale_json, Json offset_json)
      : scale_(std::move(scale)),
        offset_(std::move(offset)),
        scale_json_(std::move(scale_json)),
        offset_json_(std::move(offset_json)) {}
  std::string class_name() const override { return "Rescaling"; }
  Json own_config() const override { return Json{{"scale", scale_json_}, {"offset", offset_json_}}; }
  bool notes_build_shape() const override { return true; }
  Value call(CallContext& context, Value x) override {
    x = ops::cast(x, dtype());
    return x * value(context, scale_, x) + value(context, offset_, x);
  }

 private:
  Value value(CallContext& context, const Numbers& n, Value x) const {
    if (!n.is_list) return ops::constant(context.builder(), Tensor::full({}, n.values[0], dtype()));
    if (static_cast<std::int64_t>(n.values.size()) != x.dim(-1))
      fail(cat("received: input of shape ", x.shape(), "\n  expected: a last dimension of ", n.values.size()));
    return ops::constant(context.builder(), Tensor::from(n.values).astype(dtype()));
  }
  Numbers scale_, offset_;
  Json scale_json_, offset_json_;
};

std::shared_ptr<LayerImpl> make(Numbers scale, Numbers offset, Json scale_json, Json offset_json,
                                const RescalingOptions& options) {
  return make_impl<RescalingImpl>(options, std::move(scale), std::move(offset), std::move(scale_json),
                                  std::move(offset_json));
}

Numbers number_or_list(const std::vector<double>& values) {
  if (values.empty())
    throw ValueError("[Rescaling] received: an empty list\n  expected: a number, or one for each channel");
  return {values, values.size() > 1};
}

Layer from_config(const Json& config) {
  ConfigReader reader = reader_for(config, "Rescaling");
  RescalingOptions o;
  read_common(reader, o);
  reader.require("scale");
  const auto read = [&](const char* key, double fallback) {
    const Json json = reader.json(key);
    Numbers n{reader.numbers(key), json.is_array()};
    if (n.values.empty()) n = {{fallback}, false};
    return n;
  };
  const Numbers scale = read("scale", 1.0), offset = read("offset", 0.0);
  const Json offset_json = reader.has("offset") ? reader.json("offset") : Json(0.0);
  return finish(reader, Layer(make(scale, offset, reader.json("scale"), offset_json, o)));
}

}  // namespace

Rescaling::Rescaling(double scale, RescalingOptions options)
    : Rescaling(std::vector<double>{scale}, std::move(options)) {}

Rescaling::Rescaling(std::vector<double> scale, RescalingOptions options)
    : Layer(make(number_or_list(scale), number_or_list(options.offset), number_or_list(scale).json(),
                 number_or_list(options.offset).json(), options)) {}

void register_rescaling(Registry<Layer>& registry) { registry.add("Rescaling", {}, from_config); }

}  // namespace cornu::layers
