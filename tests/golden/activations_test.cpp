#include <cmath>

#include "cornu/activations/activation.h"
#include "cornu/activations/functions.h"
#include "cornu/grad/gradients.h"
#include "cornu/ir/ops.h"
#include "tests/golden/golden.h"

namespace cornu::golden {
namespace {

double number(const Json& args, const char* key, double fallback) { return args.value(key, fallback); }

// The function with the arguments of a case.
Value apply(const std::string& f, const Json& a, Value x) {
  namespace act = activations;
  if (a.empty()) return Activation(f)(x);
  if (f == "celu") return act::celu(x, number(a, "alpha", 1));
  if (f == "elu") return act::elu(x, number(a, "alpha", 1));
  if (f == "gelu") return act::gelu(x, a.at("approximate").get<bool>());
  if (f == "glu") return act::glu(x, a.at("axis").get<int>());
  if (f == "hard_shrink") return act::hard_shrink(x, number(a, "threshold", 0.5));
  if (f == "leaky_relu") return act::leaky_relu(x, number(a, "negative_slope", 0.2));
  if (f == "log_softmax") return act::log_softmax(x, a.at("axis").get<int>());
  if (f == "soft_shrink") return act::soft_shrink(x, number(a, "threshold", 0.5));
  if (f == "softmax") return act::softmax(x, a.at("axis").get<int>());
  if (f == "sparsemax") return act::sparsemax(x, a.at("axis").get<int>());
  if (f == "squareplus") return act::squareplus(x, number(a, "b", 4));
  if (f == "threshold") return act::threshold(x, number(a, "threshold", 0), number(a, "default_value", 0));
  if (f == "relu") {
    activations::ReluOptions o{.negative_slope = number(a, "negative_slope", 0),
                               .threshold = number(a, "threshold", 0)};
    if (a.contains("max_value")) o.max_value = a["max_value"].get<double>();
    return act::relu(x, o);
  }
  throw std::runtime_error("the test does not know the arguments of " + f);
}

// Points at which TensorFlow's gradient is not the derivative (and not what Keras gives on JAX): at 0 its celu passes
// the gradient on twice, by maximum and by minimum; at -1e-8 its selu has rounded the value to 0, and takes 0's slope.
Tensor without_kinks(const std::string& function, const Tensor& x, Tensor gradient) {
  for (std::int64_t i = 0; i < x.size(); ++i)
    if ((function == "celu" && x.at(i) == 0.0) || (function == "selu" && x.at(i) < 0.0 && x.at(i) > -2e-8))
      gradient.mutable_data<float>()[i] = 0.0f;
  return gradient;
}

TEST(GoldenActivations, ValuesAndGradients) {
  for_each_case("activations", "function", [](const Family& f, const Json& c) {
    const std::string function = c["function"].get<std::string>();
    const Tensor x = f.array(c, "x");
    on_every_engine(
        {x, f.array(c, "r")},
        [&](const std::vector<Value>& in) {
          const Value y = apply(function, c["args"], in[0]);
          return std::vector<Value>{y, gradients(ops::sum(y * in[1]), {in[0]})[0]};
        },
        [&](const std::vector<Tensor>& out) {
          // Values up to 1e4 and gradients of their size: the absolute part covers what cancels near zero.
          EXPECT_TRUE(near(out[0], f.array(c, "y"), {.relative = 1e-6, .absolute = 1e-6})) << "value";
          // XLA's tanh stops an ulp short of 1, which gelu's gradient multiplies by the square of x.
          EXPECT_TRUE(near(without_kinks(function, x, out[1]), without_kinks(function, x, f.array(c, "grad")),
                           {.relative = 2e-6, .absolute = 3e-6}))
              << "gradient";
        });
  });
}

TEST(GoldenActivations, Names) {
  for_each_case("activations", "function", [](const Family&, const Json& c) {
    if (!c["by_name"].get<bool>() || c["function"] == "threshold") return;  // threshold has arguments without defaults
    EXPECT_EQ(Activation(c["function"].get<std::string>()).serialize(), c["serialized"]);
  });
  for_each_case("activations", "aliases", [](const Family&, const Json& c) {
    for (const auto& [text, serialized] : c["aliases"].items())
      EXPECT_EQ(activations::get(text == "None" ? Json(nullptr) : Json(text)).serialize(), serialized) << text;
  });
}

}  // namespace
}  // namespace cornu::golden
