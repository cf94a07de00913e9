#include "cornu/layers/merging/concatenate.h"

#include "cornu/layers/from_config.h"
#include "cornu/layers/merging/merge.h"

namespace cornu::layers {
namespace {

class ConcatenateImpl final : public MergeImpl {
 public:
  explicit ConcatenateImpl(int axis) : axis_(axis) {}
  std::string class_name() const override { return "Concatenate"; }
  Json own_config() const override { return Json{{"axis", axis_}}; }

  std::vector<Value> call_all(CallContext&, const std::vector<Value>& inputs) override {
    std::vector<Value> x;
    for (const Value& input : inputs) x.push_back(ops::cast(input, compute_dtype()));
    return {ops::concatenate(x, axis_)};
  }

  std::vector<Shape> compute_output_shapes(const std::vector<Shape>& shapes) override {
    if (shapes.empty()) fail("received: no inputs\n  expected: at least one");
    Shape out = shapes[0];
    const int axis = ops::canonical_axis(axis_, out.rank(), name());
    if (axis == 0) fail("received: axis 0\n  expected: an axis behind the batch");
    for (std::size_t i = 1; i < shapes.size(); ++i) {
      const Shape& shape = shapes[i];
      bool fits = shape.rank() == out.rank();
      for (int d = 0; fits && d < out.rank(); ++d) fits = d == axis || out[d] < 0 || shape[d] < 0 || out[d] == shape[d];
      if (!fits)
        fail(
            cat("received: shapes ", shapes[0], " and ", shape, "\n  expected: equal ones, except along axis ", axis_));
      for (int d = 0; d < out.rank(); ++d)
        if (d != axis) out[d] = std::max(out[d], shape[d]);
      out[axis] = out[axis] < 0 || shape[axis] < 0 ? Shape::kNone : out[axis] + shape[axis];
    }
    return {out};
  }

 private:
  int axis_;
};

Layer from_config(const Json& config) {
  ConfigReader reader = reader_for(config, "Concatenate");
  ConcatenateOptions o;
  read_common(reader, o);
  o.axis = static_cast<int>(reader.integer("axis", -1));
  return finish(reader, Concatenate(o));
}

}  // namespace

Concatenate::Concatenate(ConcatenateOptions options) : Layer(make_impl<ConcatenateImpl>(options, options.axis)) {}

void register_concatenate(Registry<Layer>& registry) { registry.add("Concatenate", {}, from_config); }

}  // namespace cornu::layers
