#include "cornu/layers/merging/dot.h"

#include "cornu/layers/from_config.h"
#include "cornu/layers/merging/merge.h"

namespace cornu::layers {
namespace {

class DotImpl final : public MergeImpl {
 public:
  DotImpl(AxisList axes, bool normalize) : axes_(std::move(axes)), normalize_(normalize) {
    if (axes_.axes().size() != (axes_.is_list() ? 2 : 1))
      throw ValueError(cat("[Dot] received: ", axes_.axes().size(), " axes\n  expected: one, or a list of two"));
  }
  std::string class_name() const override { return "Dot"; }
  Json own_config() const override {
    return Json{{"axes", axes_.is_list() ? Json(axes_.axes()) : Json(axes_.axes()[0])}, {"normalize", normalize_}};
  }

  std::vector<Value> call_all(CallContext&, const std::vector<Value>& inputs) override {
    const auto [a, b] = axes(inputs.at(0).shape(), inputs.at(1).shape());
    const Value x = prepared(inputs[0], a), y = prepared(inputs[1], b);
    const Value out =
        ops::dot_general(x, y, {.lhs_batch = {0}, .rhs_batch = {0}, .lhs_contract = {a}, .rhs_contract = {b}});
    return {out.rank() == 1 ? ops::expand_dims(out, 1) : out};
  }

  std::vector<Shape> compute_output_shapes(const std::vector<Shape>& shapes) override {
    if (shapes.size() != 2) fail(cat("received: ", shapes.size(), " inputs\n  expected: two"));
    const auto [a, b] = axes(shapes[0], shapes[1]);
    Shape out = shapes[0];
    out.erase(a);
    out[0] = std::max(out[0], shapes[1][0]);
    for (int d = 1; d < shapes[1].rank(); ++d)
      if (d != b) out.push_back(shapes[1][d]);
    if (out.rank() == 1) out.push_back(1);
    return {out};
  }

 private:
  // The axis of each input, counted from the front; checked.
  std::pair<int, int> axes(const Shape& x, const Shape& y) const {
    const int a = ops::canonical_axis(axes_.axes().front(), x.rank(), name());
    const int b = ops::canonical_axis(axes_.axes().back(), y.rank(), name());
    if (a == 0 || b == 0) fail(cat("received: axes ", a, " and ", b, "\n  expected: axes behind the batch"));
    if (x[a] >= 0 && y[b] >= 0 && x[a] != y[b])
      fail(cat("received: shapes ", x, " and ", y, ", with ", x[a], " at axis ", a, " and ", y[b], " at axis ", b,
               "\n  expected: equal dimensions there"));
    return {a, b};
  }

  Value prepared(Value x, int axis) const {
    x = ops::cast(x, compute_dtype());
    if (!normalize_) return x;
    // keras.ops.normalize, with its epsilon of 1e-7.
    return x * ops::minimum(ops::rsqrt(ops::sum(ops::square(x), {axis}, true)), 1e7);
  }

  AxisList axes_;
  bool normalize_;
};

Layer from_config(const Json& config) {
  ConfigReader reader = reader_for(config, "Dot");
  DotOptions o;
  read_common(reader, o);
  reader.require("axes");
  const bool list = config["axes"].is_array();
  const std::vector<std::int64_t> axes = reader.integers("axes");
  o.normalize = reader.boolean("normalize", false);
  return finish(
      reader,
      Dot(list ? AxisList(std::vector<int>(axes.begin(), axes.end())) : AxisList(static_cast<int>(axes.at(0))), o));
}

}  // namespace

Dot::Dot(AxisList axes, DotOptions options) : Layer(make_impl<DotImpl>(options, std::move(axes), options.normalize)) {}

void register_dot(Registry<Layer>& registry) { registry.add("Dot", {}, from_config); }

}  // namespace cornu::layers
