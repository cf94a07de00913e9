// Layers that draw at random: over many calls, what they make of one input is distributed as what real Keras makes.
#include <cmath>

#include "cornu/core/random.h"
#include "cornu/engine/engine.h"
#include "cornu/layers/layer.h"
#include "tests/golden/golden.h"

namespace cornu::golden {
namespace {

struct Statistics {
  double sum = 0, squares = 0, zeros = 0, count = 0, zero_groups = 0, groups = 0;

  // Groups: the elements that differ only along `axes`.
  void add(const Tensor& y, const std::vector<int>& axes) {
    std::map<std::int64_t, bool> zero;
    const std::vector<std::int64_t> strides = row_major_strides(y.shape());
    for (std::int64_t i = 0; i < y.size(); ++i) {
      const double v = y.at(i);
      sum += v;
      squares += v * v;
      zeros += v == 0;
      std::int64_t group = i;
      for (const int a : axes)
        group -= i / strides[static_cast<std::size_t>(a)] % y.dim(a) * strides[static_cast<std::size_t>(a)];
      const auto [at, first] = zero.emplace(group, true);
      at->second = at->second && v == 0;
    }
    count += static_cast<double>(y.size());
    for (const auto& [group, is_zero] : zero) zero_groups += is_zero;
    groups += static_cast<double>(zero.size());
  }
  double mean() const { return sum / count; }
  double std() const { return std::sqrt(squares / count - mean() * mean()); }
};

Statistics statistics_of(const Json& json, const Tensor& x) {
  set_global_seed(1);
  const Layer layer = layers::deserialize(json["config"]);
  layer.build(x.shape());
  Builder builder;
  CallContext context(builder, true);
  builder.output(layer.impl()(context, builder.parameter("x", x.shape())));
  const Variable& stream = context.variables().at(0);
  EXPECT_EQ(context.variables().size(), 1u);
  builder.output(context[stream]);
  Statistics out;
  Tensor state = stream.value();
  for (int call = 0; call < 60; ++call) {
    const std::vector<Tensor> y = evaluate(engine("cpu"), builder.graph(), {x, state});
    out.add(y[0], json["group"].get<std::vector<int>>());
    state = y[1];
  }
  return out;
}

TEST(RandomLayers, AreDistributedAsKerass) {
  for_each_case("random_layers", "config", [](const Family& f, const Json& json) {
    const Statistics s = statistics_of(json, f.array(json, "x"));
    // Five standard deviations of a mean over as many independent draws as there are groups.
    const double spread = 5.0 / std::sqrt(s.groups);
    EXPECT_NEAR(s.mean(), json["mean"].get<double>(), spread * json["std"].get<double>());
    EXPECT_NEAR(s.std(), json["std"].get<double>(), spread * json["std"].get<double>());
    EXPECT_NEAR(s.zeros / s.count, json["zeros"].get<double>(), spread * 0.5);
    EXPECT_NEAR(s.zero_groups / s.groups, json["zero_groups"].get<double>(), spread * 0.5);
  });
}

}  // namespace
}  // namespace cornu::golden
