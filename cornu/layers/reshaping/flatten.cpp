#include "cornu/layers/reshaping/flatten.h"

#include "cornu/layers/from_config.h"

namespace cornu::layers {
namespace {

class FlattenImpl final : public LayerImpl {
 public:
  explicit FlattenImpl(std::string data_format) : data_format_(std::move(data_format)) {
    if (data_format_ != "channels_last" && data_format_ != "channels_first")
      throw ValueError(
          cat("[Flatten] received: data_format=\"", data_format_, "\"\n  expected: channels_last or channels_first"));
  }
  std::string class_name() const override { return "Flatten"; }
  Json own_config() const override { return Json{{"data_format", data_format_}}; }
  bool notes_build_shape() const override { return true; }

  Value call(CallContext&, Value x) override {
    if (data_format_ == "channels_first" && x.rank() > 2) {
      std::vector<int> order = {0};
      for (int i = 2; i < x.rank(); ++i) order.push_back(i);
      order.push_back(1);
      x = ops::transpose(x, order);
    }
    const std::int64_t batch = x.dim(0);
    return ops::reshape(x, {batch, batch == 0 ? x.shape().slice(1, x.rank()).size() : x.shape().size() / batch});
  }

 private:
  std::string data_format_;
};

Layer from_config(const Json& config) {
  ConfigReader reader = reader_for(config, "Flatten");
  FlattenOptions o;
  read_common(reader, o);
  o.data_format = reader.text("data_format", "channels_last");
  return finish(reader, Flatten(o));
}

}  // namespace

Flatten::Flatten(FlattenOptions options) : Layer(make_impl<FlattenImpl>(options, options.data_format)) {}

void register_flatten(Registry<Layer>& registry) { registry.add("Flatten", {}, from_config); }

}  // namespace cornu::layers
