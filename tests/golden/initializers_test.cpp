// Random bits differ between backends, so the distributions are compared, not the draws.
#include <cmath>

#include "cornu/initializers/initializers.h"
#include "tests/golden/golden.h"

namespace cornu::golden {
namespace {

Shape shape_of(const Json& c) {
  Shape shape;
  for (const Json& d : c["shape"]) shape.push_back(d.get<std::int64_t>());
  return shape;
}

void check_distribution(const Tensor& x, const Json& expected) {
  const auto n = static_cast<double>(x.size());
  const double std = expected["std"].get<double>(), mean = expected["mean"].get<double>();
  double sum = 0.0, squares = 0.0, low = x.at(0), high = x.at(0);
  for (std::int64_t i = 0; i < x.size(); ++i) {
    sum += x.at(i);
    low = std::min(low, x.at(i));
    high = std::max(high, x.at(i));
  }
  for (std::int64_t i = 0; i < x.size(); ++i) squares += (x.at(i) - sum / n) * (x.at(i) - sum / n);
  EXPECT_NEAR(sum / n, mean, 5.0 * std / std::sqrt(n));
  // The standard deviation of a sample varies by at most 1 / sqrt(2 n) of itself, for all of these distributions.
  EXPECT_NEAR(std::sqrt(squares / n) / std, 1.0, 5.0 / std::sqrt(2.0 * n));
  const double slack = 1e-6 * (std + std::fabs(mean));
  if (!expected["low"].is_null()) {
    const double from = expected["low"].get<double>(), to = expected["high"].get<double>();
    EXPECT_GE(low, from - slack);
    EXPECT_LE(high, to + slack);
    EXPECT_LT(low, from + 0.1 * (to - from)) << "the whole range is used";
    EXPECT_GT(high, to - 0.1 * (to - from)) << "the whole range is used";
  }
}

void check_orthogonal(const Tensor& x, double gain) {
  const std::int64_t columns = x.shape().back(), rows = x.size() / columns, n = std::min(rows, columns);
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t j = 0; j < n; ++j) {
      double dot = 0.0;
      for (std::int64_t k = 0; k < std::max(rows, columns); ++k)
        dot += rows < columns ? x.at(i * columns + k) * x.at(j * columns + k)
                              : x.at(k * columns + i) * x.at(k * columns + j);
      EXPECT_NEAR(dot, i == j ? gain * gain : 0.0, 1e-5);
    }
}

TEST(GoldenInitializers, Draws) {
  for_each_case("initializers", "config",
                [](const Family& f, const Json& c) {
                  const Initializer initializer = initializers::get(c["config"]);
                  const Tensor x = initializer(shape_of(c));
                  EXPECT_EQ(x.shape(), shape_of(c));
                  EXPECT_EQ(x, initializer(shape_of(c))) << "the same at every call";
                  EXPECT_EQ(dump_json(initializer.serialize()["class_name"]), dump_json(c["config"]["class_name"]));
                  if (c["kind"] == "distribution")
                    check_distribution(x, c["expected"]);
                  else if (c["kind"] == "orthogonal")
                    check_orthogonal(x, c["gain"].get<double>());
                  else
                    EXPECT_TRUE(near(x, f.array(c, "value"), {0.0, 0.0}));
                },
                {{"Identity_5_3x3", "Keras's configuration of Identity forgets the gain that made this array"}});
}

TEST(GoldenInitializers, Aliases) {
  for_each_case("initializers", "aliases", [](const Family&, const Json& c) {
    for (const auto& [text, expected] : c["aliases"].items()) {
      // Keras 3.15.1 refuses "constant" because its from_config wants a value; the class has a default.
      if (text == "constant")
        EXPECT_EQ(initializers::get(Json(text)).impl().class_name(), "Constant");
      else if (expected.is_null() || text == "stft")
        EXPECT_ANY_THROW(initializers::get(Json(text))) << text;
      else
        EXPECT_EQ(dump_json(initializers::get(Json(text)).serialize()), dump_json(expected)) << text;
    }
  });
}

}  // namespace
}  // namespace cornu::golden
