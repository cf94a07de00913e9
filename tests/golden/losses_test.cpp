#include <cmath>

#include "cornu/activations/functions.h"
#include "cornu/grad/gradients.h"
#include "cornu/ir/ops.h"
#include "cornu/losses/losses.h"
#include "tests/golden/golden.h"

namespace cornu::golden {
namespace {

// Keras's get_config forgets these arguments; the golden says what they were.
Json with_lost_arguments(const Json& c) {
  Json config = c["config"];
  if (c.contains("lost_args"))
    for (const auto& [key, value] : c["lost_args"].items()) config["config"][key] = value;
  return config;
}

void check_case(const Family& f, const Json& c) {
  const Loss loss = losses::get(with_lost_arguments(c));
  const std::string through = c.value("through", std::string());
  std::vector<Tensor> inputs = {f.array(c, "y_true"), f.array(c, through.empty() ? "y_pred" : "logits")};
  if (c["arrays"].contains("sample_weight")) inputs.push_back(f.array(c, "sample_weight"));
  on_every_engine(
      inputs,
      [&](const std::vector<Value>& in) {
        Value y_pred = in[1];
        if (through == "softmax") y_pred = activations::softmax(y_pred);
        if (through == "sigmoid") y_pred = activations::sigmoid(y_pred);
        const Value value = loss(in[0], y_pred, in.size() > 2 ? in[2] : Value());
        return std::vector<Value>{value, gradients(ops::sum(value), {in[1]})[0]};
      },
      [&](const std::vector<Tensor>& out) {
        if (c.contains("value"))
          EXPECT_TRUE(near(out[0].item(), c["value"].get<double>())) << "value";
        else
          EXPECT_TRUE(near(out[0], f.array(c, "value"))) << "value";
        // Gradients of clipped probabilities reach 1e7.
        EXPECT_TRUE(near(out[1], f.array(c, "grad"), {.relative = 2e-6, .absolute = 1e-6})) << "gradient";
      });
}

TEST(GoldenLosses, ValuesAndGradients) { for_each_case("losses", "config", check_case); }

// Keras 3.15.1 on this data; losses.json has no masks.
TEST(GoldenLosses, MasksBecomeWeights) {
  struct Expected {
    const char* reduction;
    std::vector<float> plain, weighted;
  };
  const Tensor t = Tensor::from<float>({1, 2, 3, 4}, {2, 2, 1}), p = Tensor::from<float>({0, 0, 1, 1}, {2, 2, 1});
  Tensor mask = Tensor::from<float>({1, 0, 1, 1}, {2, 2}).astype(bool_);
  const Tensor w = Tensor::from<float>({1, 2, 3, 0.5f}, {2, 2});
  for (const Expected& e : std::vector<Expected>{{"sum_over_batch_size", {4.666667f}, {5.8333335f}},
                                                 {"sum", {14}, {17.5f}},
                                                 {"mean_with_sample_weight", {4.6666665f}, {3.8888888f}},
                                                 {"none", {1, 0, 4, 9}, {1, 0, 12, 4.5f}}}) {
    SCOPED_TRACE(e.reduction);
    const Loss loss = losses::MeanSquaredError({.reduction = e.reduction});
    on_every_engine(
        {t, p, mask, w},
        [&](const std::vector<Value>& in) {
          return std::vector<Value>{loss(in[0], in[1], {}, in[2]), loss(in[0], in[1], in[3], in[2])};
        },
        [&](const std::vector<Tensor>& out) {
          EXPECT_TRUE(near(out[0], Tensor::from(e.plain).reshape(out[0].shape())));
          EXPECT_TRUE(near(out[1], Tensor::from(e.weighted).reshape(out[1].shape())));
        });
  }
}

// Keras on TensorFlow asks only whether the predictions remember logits, not which function made them.
TEST(GoldenLosses, LogitsAreTakenWhateverMadeThePredictions) {
  on_every_engine(
      {Tensor::from<float>({2, -1, 0.5f}, {1, 3}), Tensor::from<float>({1, 0, 0}, {1, 3})},
      [](const std::vector<Value>& in) {
        return std::vector<Value>{losses::CategoricalCrossentropy()(in[1], activations::sigmoid(in[0])),
                                  losses::BinaryCrossentropy()(in[1], activations::softmax(in[0]))};
      },
      [](const std::vector<Tensor>& out) {
        EXPECT_TRUE(near(out[0].item(), 0.24131132662296295));
        EXPECT_TRUE(near(out[1].item(), 0.4714222252368927));
      });
}

TEST(GoldenLosses, AClassThatDoesNotExistGivesNaN) {
  on_every_engine(
      {Tensor::from<std::int32_t>({0, 3}), Tensor::from<float>({1, 2, 3, 4, 5, 6}, {2, 3})},
      [](const std::vector<Value>& in) {
        return std::vector<Value>{losses::SparseCategoricalCrossentropy({.from_logits = true})(in[0], in[1])};
      },
      [](const std::vector<Tensor>& out) { EXPECT_TRUE(std::isnan(out[0].item())); });
}

TEST(GoldenLosses, Aliases) {
  for_each_case("losses", "aliases", [](const Family&, const Json& c) {
    for (const auto& [text, expected] : c["aliases"].items()) {
      if (expected.is_null() || text == "circle" || text == "ctc" || text == "Circle" || text == "CTC") {
        EXPECT_ANY_THROW(losses::get(Json(text))) << text;
        continue;
      }
      const Loss loss = losses::get(Json(text));
      EXPECT_EQ(loss.serialize(), Json(text));
      // Keras gives a function or a class; here both are the class.
      const std::string class_name = loss.impl().class_name();
      if (expected["class_name"] == "function")
        EXPECT_EQ(to_snake_case(class_name), expected["config"].get<std::string>()) << text;
      else
        EXPECT_EQ(class_name, expected["class_name"].get<std::string>()) << text;
    }
  });
}

}  // namespace
}  // namespace cornu::golden
