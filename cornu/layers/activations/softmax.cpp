#include "cornu/layers/activations/softmax.h"

#include "cornu/layers/from_config.h"

namespace cornu::layers {
namespace {

class SoftmaxImpl final : public LayerImpl {
 public:
  SoftmaxImpl(std::vector<int> axis, bool is_list) : axis_(std::move(axis)), is_list_(is_list) {
    if (axis_.empty()) throw ValueError("[Softmax] received: no axis\n  expected: at least one");
  }
  std::string class_name() const override { return "Softmax"; }
  Json own_config() const override { return Json{{"axis", is_list_ ? Json(axis_) : Json(axis_[0])}}; }
  Value call(CallContext&, Value x) override { return ops::softmax(x, axis_); }

 private:
  std::vector<int> axis_;
  bool is_list_;
};

Layer from_config(const Json& config) {
  ConfigReader reader = reader_for(config, "Softmax");
  SoftmaxOptions o;
  read_common(reader, o);
  const bool is_list = reader.json("axis").is_array();
  if (const std::vector<std::int64_t> axis = reader.integers("axis"); !axis.empty())
    o.axis.assign(axis.begin(), axis.end());
  return finish(reader, Layer(make_impl<SoftmaxImpl>(o, o.axis, is_list)));
}

}  // namespace

Softmax::Softmax(SoftmaxOptions options)
    : Layer(make_impl<SoftmaxImpl>(options, options.axis, options.axis.size() > 1)) {}

void register_softmax(Registry<Layer>& registry) { registry.add("Softmax", {}, from_config); }

}  // namespace cornu::layers
