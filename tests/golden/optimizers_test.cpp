// Ten steps of each optimizer with given gradients: weights after every step, slots after the last.
#include "cornu/optimizers/optimizers.h"
#include "cornu/engine/engine.h"
#include "cornu/ir/ops.h"
#include "tests/golden/golden.h"

namespace cornu::golden {
namespace {

constexpr Tolerance kTrajectory{.relative = 1e-5, .absolute = 1e-6};
const std::vector<std::string> kWeights = {"kernel", "bias"};

std::vector<Value> parameters(Builder& b, const std::string& name, const std::vector<Tensor>& tensors) {
  std::vector<Value> out;
  for (std::size_t i = 0; i < tensors.size(); ++i)
    out.push_back(b.parameter(cat(name, i), tensors[i].shape(), tensors[i].dtype()));
  return out;
}

struct Trajectory {
  Optimizer optimizer;
  std::vector<Constraint> constraints;
  std::vector<VariableSpec> variables;
  std::vector<Tensor> weights, slots;
  float rate = 0.0f;

  // One step as one graph.
  void step(const Engine& engine, std::int64_t iterations, const std::vector<Tensor>& gradients) {
    Builder b;
    const auto w = parameters(b, "w", weights), g = parameters(b, "g", gradients), s = parameters(b, "s", slots);
    const Value count = b.parameter("iterations", {}, int64), lr = b.parameter("learning_rate", {}, float32);
    // The gradients of a loss of which these are the gradients.
    const Value scale = optimizer.scale_loss(ops::full(b, {}, 1.0, float32), s);
    std::vector<Value> scaled;
    for (const Value& gradient : g) scaled.push_back(optimizer.impl().inner() ? gradient * scale : gradient);
    const Optimizer::Step next = optimizer.apply(variables, w, scaled, s, constraints, count, lr);
    for (const Value& v : next.weights) b.output(v);
    for (const Value& v : next.slots) b.output(v);
    std::vector<Tensor> in = weights;
    in.insert(in.end(), gradients.begin(), gradients.end());
    in.insert(in.end(), slots.begin(), slots.end());
    in.push_back(Tensor::scalar(iterations));
    in.push_back(Tensor::scalar(rate));
    const std::vector<Tensor> out = evaluate(engine, b.graph(), in);
    weights.assign(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(weights.size()));
    slots.assign(out.begin() + static_cast<std::ptrdiff_t>(weights.size()), out.end());
  }
};

Trajectory start(const Family& f, const Json& c) {
  Trajectory t{optimizers::get(c["config"]), {}, {}, {}, {}};
  if (c.contains("exclude_from_weight_decay")) {
    std::vector<std::string> names;
    for (const Json& name : c["exclude_from_weight_decay"]) names.push_back(name.get<std::string>());
    t.optimizer = t.optimizer.exclude_from_weight_decay(names);
  }
  for (const std::string& w : kWeights) {
    t.weights.push_back(f.array(c, "start_" + w));
    t.variables.push_back({"dense/" + w, t.weights.back().shape(), float32, t.weights.back()});
  }
  if (c.contains("kernel_constraint")) t.constraints = {constraints::get(c["kernel_constraint"]), Constraint()};
  for (const SlotSpec& s : t.optimizer.slots(t.variables)) t.slots.push_back(s.initial);
  if (!t.optimizer.impl().learning_rate().is_schedule())
    t.rate = static_cast<float>(t.optimizer.impl().learning_rate().value());
  return t;
}

void check_slots(const Family& f, const Json& c, const Trajectory& t) {
  const std::vector<SlotSpec> specs = t.optimizer.slots(t.variables);
  const std::size_t before = t.optimizer.impl().learning_rate().is_schedule() ? 1 : 2;  // iteration, learning_rate
  ASSERT_EQ(specs.size() + before, c["slots"].size());
  for (std::size_t i = 0; i < specs.size(); ++i) {
    const Json& golden = c["slots"][i + before];
    EXPECT_EQ(specs[i].path, golden["path"].get<std::string>());
    if (golden["value"].is_string())
      EXPECT_TRUE(near(t.slots[i], f.at(golden["value"].get<std::string>()), kTrajectory)) << specs[i].path;
    else
      EXPECT_TRUE(near(t.slots[i].item(), golden["value"].get<double>(), kTrajectory)) << specs[i].path;
  }
}

void ten_steps(const char* family) {
  for_each_case(family, "config", [](const Family& f, const Json& c) {
    for (const std::string& name : engine_names()) {
      SCOPED_TRACE(name);
      Trajectory t = start(f, c);
      EXPECT_EQ(dump_json(t.optimizer.serialize()), dump_json(c["config"]));
      for (std::int64_t step = 0; step < c["steps"].get<std::int64_t>(); ++step) {
        std::vector<Tensor> gradients;
        for (const std::string& w : kWeights) {
          const Tensor all = f.array(c, "gradients_" + w);
          gradients.push_back(all.rows(step, step + 1).reshape(all.shape().slice(1, all.rank())));
        }
        t.step(engine(name), step, gradients);
        for (std::size_t i = 0; i < kWeights.size(); ++i) {
          const Tensor all = f.array(c, kWeights[i]);
          EXPECT_TRUE(near(t.weights[i], all.rows(step, step + 1).reshape(t.weights[i].shape()), kTrajectory))
              << kWeights[i] << " after step " << step;
        }
        if (testing::Test::HasFailure()) return;
      }
      check_slots(f, c, t);
      const std::vector<Tensor> last = t.optimizer.final_weights(t.weights, t.slots);
      for (std::size_t i = 0; i < kWeights.size(); ++i)
        if (c["arrays"].contains("final_" + kWeights[i])) {
          EXPECT_TRUE(near(last[i], f.array(c, "final_" + kWeights[i]), kTrajectory)) << "final " << kWeights[i];
        }
    }
  });
}

TEST(GoldenOptimizers, TenSteps) { ten_steps("optimizers"); }
TEST(GoldenOptimizers, TenStepsOfMore) { ten_steps("more_optimizers"); }
TEST(GoldenOptimizers, TenStepsOfScheduleFree) { ten_steps("schedule_free"); }

TEST(GoldenOptimizers, Aliases) {
  for_each_case("optimizers", "aliases", [](const Family&, const Json& c) {
    for (const auto& [text, expected] : c["aliases"].items()) {
      if (expected.is_null())
        EXPECT_ANY_THROW(optimizers::get(Json(text))) << text;
      else
        EXPECT_EQ(dump_json(optimizers::get(Json(text)).serialize()), dump_json(expected)) << text;
    }
  });
}

TEST(GoldenSchedules, Rates) {
  for_each_case("schedules", "values", [](const Family&, const Json& c) {
    const LearningRate rate = optimizers::schedules::get(c["config"]);
    EXPECT_EQ(dump_json(rate.serialize()), dump_json(c["config"]));
    std::vector<float> steps;
    for (const Json& s : c["steps"]) steps.push_back(s.get<float>());
    for (std::size_t i = 0; i < steps.size(); ++i)
      on_every_engine(
          {Tensor::scalar(steps[i])},
          [&](const std::vector<Value>& in) { return std::vector<Value>{rate.schedule().rate(in[0])}; },
          [&](const std::vector<Tensor>& out) {
            EXPECT_TRUE(near(out[0].item(), c["values"][i].get<double>(), {.relative = 1e-6, .absolute = 1e-8}))
                << "step " << steps[i];
          });
  });
}

}  // namespace
}  // namespace cornu::golden
