#include "cornu/layers/merging/elementwise.h"

#include <algorithm>
#include <array>

#include "cornu/layers/from_config.h"
#include "cornu/layers/merging/broadcast.h"
#include "cornu/layers/merging/merge.h"

namespace cornu::layers {
namespace {

using Merge = Value (*)(const std::vector<Value>& x);

template <class F>
Value folded(const std::vector<Value>& x, const F& f) {
  Value out = x[0];
  for (std::size_t i = 1; i < x.size(); ++i) out = f(out, x[i]);
  return out;
}

Value sum(const std::vector<Value>& x) {
  return folded(x, [](Value a, Value b) { return a + b; });
}

struct Entry {
  std::string_view class_name;
  Merge merge;
};

constexpr std::array kMerges{
    Entry{"Add", sum},
    Entry{"Subtract", [](const std::vector<Value>& x) { return x[0] - x[1]; }},
    Entry{"Multiply", [](const std::vector<Value>& x) { return folded(x, [](Value a, Value b) { return a * b; }); }},
    Entry{"Average", [](const std::vector<Value>& x) { return sum(x) / static_cast<double>(x.size()); }},
    Entry{"Maximum",
          [](const std::vector<Value>& x) { return folded(x, [](Value a, Value b) { return ops::maximum(a, b); }); }},
    Entry{"Minimum",
          [](const std::vector<Value>& x) { return folded(x, [](Value a, Value b) { return ops::minimum(a, b); }); }},
};

// Axes of 1 behind the batch until the shape has this rank.
Shape widened(const Shape& shape, int rank) {
  Shape out = shape;
  while (out.rank() < rank) out.insert(1, 1);
  return out;
}

class ElementwiseImpl final : public MergeImpl {
 public:
  explicit ElementwiseImpl(const Entry& entry) : entry_(entry) {}
  std::string class_name() const override { return std::string(entry_.class_name); }

  std::vector<Value> call_all(CallContext&, const std::vector<Value>& inputs) override {
    int rank = 0;
    for (const Value& x : inputs) rank = std::max(rank, x.rank());
    std::vector<Value> x;
    for (const Value& input : inputs)
      x.push_back(ops::reshape(ops::cast(input, compute_dtype()), widened(input.shape(), rank)));
    return {entry_.merge(x)};
  }

  std::vector<Shape> compute_output_shapes(const std::vector<Shape>& shapes) override {
    if (entry_.class_name == "Subtract" ? shapes.size() != 2 : shapes.empty())
      fail(cat("received: ", shapes.size(),
               " inputs\n  expected: ", entry_.class_name == "Subtract" ? "two" : "at least one"));
    int rank = 0;
    for (const Shape& shape : shapes) {
      if (shape.rank() < 1) fail(cat("received: an input of shape ", shape, "\n  expected: a batch axis"));
      rank = std::max(rank, shape.rank());
    }
    Shape out = widened(shapes[0], rank);
    for (const Shape& shape : shapes) {
      if (shape[0] >= 0 && out[0] >= 0 && shape[0] != out[0])
        fail(cat("received: batches of ", out[0], " and ", shape[0], "\n  expected: equal ones"));
      const std::int64_t batch = std::max(out[0], shape[0]);  // what is known of it
      out = broadcast_shape(out, widened(shape, rank), name());
      out[0] = batch;
    }
    return {out};
  }

 private:
  const Entry& entry_;
};

std::shared_ptr<LayerImpl> make(std::string_view class_name, const LayerOptions& options) {
  const auto entry = std::find_if(kMerges.begin(), kMerges.end(), [&](auto& e) { return e.class_name == class_name; });
  return make_impl<ElementwiseImpl>(options, *entry);
}

}  // namespace

Add::Add(LayerOptions options) : Layer(make("Add", options)) {}
Subtract::Subtract(LayerOptions options) : Layer(make("Subtract", options)) {}
Multiply::Multiply(LayerOptions options) : Layer(make("Multiply", options)) {}
Average::Average(LayerOptions options) : Layer(make("Average", options)) {}
Maximum::Maximum(LayerOptions options) : Layer(make("Maximum", options)) {}
Minimum::Minimum(LayerOptions options) : Layer(make("Minimum", options)) {}

void register_elementwise(Registry<Layer>& registry) {
  for (const Entry& entry : kMerges) {
    const std::string class_name(entry.class_name);
    registry.add(class_name, {}, [class_name](const Json& config) {
      ConfigReader reader = reader_for(config, class_name);
      LayerOptions o;
      read_common(reader, o);
      return finish(reader, Layer(make(class_name, o)));
    });
  }
}

}  // namespace cornu::layers
