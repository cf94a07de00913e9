#include "cornu/layers/reshaping/repeat_vector.h"

#include "cornu/layers/from_config.h"

namespace cornu::layers {
namespace {

class RepeatVectorImpl final : public LayerImpl {
 public:
  explicit RepeatVectorImpl(std::int64_t n) : n_(n) {
    if (n <= 0) throw ValueError(cat("[RepeatVector] received: n=", n, "\n  expected: a positive integer"));
  }
  std::string class_name() const override { return "RepeatVector"; }
  Json own_config() const override { return Json{{"n", n_}}; }
  bool notes_build_shape() const override { return true; }

  Value call(CallContext&, Value x) override {
    return ops::broadcast_to(ops::expand_dims(x, 1), compute_output_shape(x.shape()));
  }

  Shape compute_output_shape(const Shape& input_shape) override {
    if (input_shape.rank() != 2) fail(cat("received: input of shape ", input_shape, "\n  expected: rank 2"));
    return {input_shape[0], n_, input_shape[1]};
  }

 private:
  std::int64_t n_;
};

Layer from_config(const Json& config) {
  ConfigReader reader = reader_for(config, "RepeatVector");
  LayerOptions o;
  read_common(reader, o);
  reader.require("n");
  return finish(reader, RepeatVector(reader.integer("n", 0), o));
}

}  // namespace

RepeatVector::RepeatVector(std::int64_t n, LayerOptions options) : Layer(make_impl<RepeatVectorImpl>(options, n)) {}

void register_repeat_vector(Registry<Layer>& registry) { registry.add("RepeatVector", {}, from_config); }

}  // namespace cornu::layers
