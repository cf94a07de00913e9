#include "cornu/layers/reshaping/permute.h"

#include <algorithm>

#include "cornu/layers/from_config.h"

namespace cornu::layers {
namespace {

class PermuteImpl final : public LayerImpl {
 public:
  explicit PermuteImpl(std::vector<int> dims) : dims_(std::move(dims)) {
    std::vector<int> sorted = dims_;
    std::sort(sorted.begin(), sorted.end());
    for (std::size_t i = 0; i < sorted.size(); ++i)
      if (sorted[i] != static_cast<int>(i) + 1)
        throw ValueError(cat("[Permute] received: dims ", dump_json(Json(dims_)), "\n  expected: 1 to ", dims_.size(),
                             ", each once"));
  }
  std::string class_name() const override { return "Permute"; }
  Json own_config() const override { return Json{{"dims", dims_}}; }
  bool notes_build_shape() const override { return true; }
  DType output_dtype(const std::vector<DType>& inputs, std::size_t) const override { return inputs.at(0); }

  Value call(CallContext&, Value x) override {
    check(x.shape());
    std::vector<int> axes = {0};
    axes.insert(axes.end(), dims_.begin(), dims_.end());
    return ops::transpose(x, axes);
  }

  Shape compute_output_shape(const Shape& input_shape) override {
    check(input_shape);
    Shape out{input_shape[0]};
    for (const int d : dims_) out.push_back(input_shape[d]);
    return out;
  }

 private:
  void check(const Shape& shape) const {
    if (shape.rank() != static_cast<int>(dims_.size()) + 1)
      fail(cat("received: input of shape ", shape, "\n  expected: rank ", dims_.size() + 1));
  }
  std::vector<int> dims_;
};

Layer from_config(const Json& config) {
  ConfigReader reader = reader_for(config, "Permute");
  LayerOptions o;
  read_common(reader, o);
  reader.require("dims");
  const std::vector<std::int64_t> dims = reader.integers("dims");
  return finish(reader, Permute(std::vector<int>(dims.begin(), dims.end()), o));
}

}  // namespace

Permute::Permute(std::vector<int> dims, LayerOptions options)
    : Layer(make_impl<PermuteImpl>(options, std::move(dims))) {}

void register_permute(Registry<Layer>& registry) { registry.add("Permute", {}, from_config); }

}  // namespace cornu::layers
