#include "cornu/metrics/metrics.h"
#include "cornu/engine/engine.h"
#include "tests/golden/golden.h"

namespace cornu::golden {
namespace {

// The state after one more batch, on one engine.
std::vector<Tensor> update(const Engine& engine, const MetricImpl& metric, const std::vector<Tensor>& state,
                           const std::vector<Tensor>& batch, bool weighted) {
  Builder b;
  std::vector<Tensor> inputs = state;
  inputs.insert(inputs.end(), batch.begin(), batch.end());
  std::vector<Value> values;
  for (std::size_t i = 0; i < inputs.size(); ++i)
    values.push_back(b.parameter(cat("input", i), inputs[i].shape(), inputs[i].dtype()));
  const std::vector<Value> old(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(state.size()));
  const std::size_t rest = values.size() - state.size() - (weighted ? 1 : 0);  // 1: values alone
  const Value y_pred = rest > 1 ? values[state.size() + 1] : Value();
  for (const Value& v : metric.update(old, values[state.size()], y_pred, weighted ? values.back() : Value()))
    b.output(v);
  return evaluate(engine, b.graph(), inputs);
}

struct Batch {
  std::vector<Tensor> arrays;
  bool weighted;
};

Batch batch_of(const Family& f, const Json& update_case, bool use_weights) {
  Batch out{{}, use_weights && update_case.contains("sample_weight")};
  for (const char* role : {"values", "y_true", "y_pred"})
    if (update_case.contains(role)) out.arrays.push_back(f.at(update_case[role].get<std::string>()));
  if (out.weighted) out.arrays.push_back(f.at(update_case["sample_weight"].get<std::string>()));
  return out;
}

// `expected(i)`: the result after update i.
template <class Expected>
std::vector<Tensor> run_updates(const Family& f, const Json& c, const Engine& engine, const MetricImpl& metric,
                                bool use_weights, Expected expected) {
  std::vector<Tensor> state;
  for (const MetricState& s : metric.state()) state.push_back(s.initial);
  for (std::size_t i = 0; i < c["updates"].size(); ++i) {
    const Batch batch = batch_of(f, c["updates"][i], use_weights);
    state = update(engine, metric, state, batch.arrays, batch.weighted);
    EXPECT_TRUE(near(metric.result(state).item(), expected(i))) << "after update " << i;
  }
  return state;
}

// Classes that this version does not have; each is refused by name.
const Skips kMissing = {
    {"f1_score", "FBeta family: no layer or trainer needs it yet"},
    {"r2_score", "R2Score: no layer or trainer needs it yet"},
};

TEST(GoldenMetrics, Results) {
  for_each_case(
      "metrics", "config",
      [](const Family& f, const Json& c) {
        for (const std::string& name : engine_names()) {
          SCOPED_TRACE(name);
          const Metric metric = metrics::get(c["config"]);
          EXPECT_EQ(dump_json(metric.serialize()), dump_json(c["config"]));
          const std::vector<Tensor> state = run_updates(f, c, engine(name), metric.impl(), true, [&](std::size_t i) {
            return c["results"][i].template get<double>();
          });
          for (const Json& variable : c["variables"])
            for (std::size_t i = 0; i < state.size(); ++i)
              if (metric.impl().state()[i].name == variable["name"].template get<std::string>()) {
                EXPECT_TRUE(near(state[i].item(), variable["value"].template get<double>())) << variable["name"];
              }
        }
      },
      kMissing);
}

TEST(GoldenMetrics, AccuracyIsResolvedByShapes) {
  for_each_case("metrics", "resolve", [](const Family& f, const Json& c) {
    const std::string text = c["resolve"].get<std::string>();
    const Json& first = c["updates"][0];
    const Metric metric = Metric(text).resolve(f.at(first["y_true"].get<std::string>()).shape(),
                                               f.at(first["y_pred"].get<std::string>()).shape());
    EXPECT_EQ(metric.impl().class_name(), c["resolved"].get<std::string>());
    EXPECT_EQ(metric.name(), text);
    run_updates(f, c, engine("reference"), metric.impl(), c["weighted"].get<bool>(),
                [&](std::size_t i) { return c["results"][i].begin()->template get<double>(); });
  });
}

// Variants that metrics.json does not hold; the expected numbers were read off Keras 3.15.1 once.
struct Variant {
  Metric metric;
  std::vector<float> plain, weighted;
};

TEST(GoldenMetrics, VariantsOfThresholdMetrics) {
  const Tensor p =
      Tensor::from<float>({0.640625f, 0.265625f, 0.046875f, 0.015625f, 0.8125f,   0.90625f, 0.609375f, 0.734375f,
                           0.546875f, 0.9375f,   0.8125f,   0.0f,      0.859375f, 0.03125f, 0.734375f, 0.171875f,
                           0.859375f, 0.546875f, 0.296875f, 0.421875f, 0.03125f,  0.125f,   0.671875f, 0.640625f},
                          {6, 4});
  const Tensor t =
      Tensor::from<float>({1, 0, 1, 1, 1, 1, 1, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1}, {6, 4});
  const Tensor w = Tensor::from<float>({1, 0.5f, 2, 0, 1, 3});
  namespace m = metrics;
  const std::vector<Variant> variants = {
      {m::Precision({.top_k = 2}), {0.5f}, {0.46666666865348816f}},
      {m::Recall({.class_id = 1}), {0.5f}, {0.4545454680919647f}},
      {m::Precision({.thresholds = {0.25, 0.75}}), {0.4117647111415863f, 0.5f}, {0.375f, 0.5f}},
      {m::TruePositives({.thresholds = {0, 0.5, 1.0}}), {11, 7, 0}, {12.5f, 7.5f, 0}},
      {m::AUC({.num_thresholds = 20, .multi_label = true, .num_labels = 4}),
       {0.4427083134651184f},
       {0.5144299864768982f}},
      {m::AUC({.num_thresholds = 20, .multi_label = true, .num_labels = 4, .label_weights = {1, 2, 0, 1}}),
       {0.484375f},
       {0.6141774654388428f}},
      {m::AUC({.thresholds = {0.2, 0.7, 0.4}}), {0.4965035021305084f}, {0.48914283514022827f}},
      {m::AUC({.num_thresholds = 20, .curve = "PRGAIN"}), {0.07575070112943649f}, {0.1441933959722519f}},
      {m::AUC({.num_thresholds = 20, .summation_method = "minoring"}), {0.4965035319328308f}, {0.5280000567436218f}},
      {m::AUC({.num_thresholds = 20, .curve = "PR", .summation_method = "majoring"}),
       {0.5882086753845215f},
       {0.5985346436500549f}},
      {m::AUC({.num_thresholds = 20, .label_weights = {1, 2, 0, 1}}), {0.576388955116272f}, {0.6924803256988525f}},
      {m::AUC({.num_thresholds = 20, .from_logits = true}), {0.5104895234107971f}, {0.5559999942779541f}},
  };
  for (const Variant& v : variants) {
    SCOPED_TRACE(dump_json(v.metric.serialize()));
    std::vector<Tensor> state;
    for (const MetricState& s : v.metric.impl().state()) state.push_back(s.initial);
    const Engine& reference = engine("reference");
    const auto expect = [&](const std::vector<Tensor>& after, const std::vector<float>& numbers) {
      const Tensor result = v.metric.impl().result(after);
      EXPECT_TRUE(near(result, Tensor::from(numbers).reshape(result.shape())));
    };
    expect(update(reference, v.metric.impl(), state, {t, p}, false), v.plain);
    expect(update(reference, v.metric.impl(), state, {t, p, w}, true), v.weighted);
  }
}

TEST(GoldenMetrics, Aliases) {
  for_each_case("metrics", "aliases", [](const Family&, const Json& c) {
    for (const auto& [text, expected] : c["aliases"].items()) {
      if (text == "acc") continue;  // a word of compile, not of get
      if (expected.is_null() || text == "f1_score") {
        EXPECT_ANY_THROW(metrics::get(Json(text))) << text;
        continue;
      }
      const Metric metric = metrics::get(Json(text));
      EXPECT_EQ(metric.serialize(), Json(text));
      if (metric.needs_shapes()) continue;  // "accuracy", "Accuracy"
      EXPECT_EQ(metric.impl().class_name(), expected["class_name"].get<std::string>()) << text;
    }
  });
}

}  // namespace
}  // namespace cornu::golden
