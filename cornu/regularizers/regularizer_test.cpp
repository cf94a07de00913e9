#include <gtest/gtest.h>

#include "cornu/core/error.h"
#include "cornu/ir/ops.h"
#include "cornu/regularizers/regularizers.h"

namespace cornu {
namespace {

// A user's own, as the recipe has it: a class and a line in the registry.
struct Cubic final : WithOptions<RegularizerImpl, NoOptions> {
  using WithOptions::WithOptions;
  Value penalty(Value x) const override { return ops::sum(ops::abs(x * x * x)); }
};

TEST(Regularizer, OfAUserIsFoundByName) {
  regularizers::registry().add("Cubic", {"cubic"},
                               [](const Json&) { return Regularizer(std::make_shared<Cubic>("Cubic", NoOptions{})); });
  const Regularizer r("cubic");
  EXPECT_EQ(r.serialize()["class_name"], "Cubic");
  Builder b;
  EXPECT_EQ(r(b.parameter("w", {2, 2})).shape(), Shape{});
}

TEST(Regularizer, NoneIsEmpty) {
  EXPECT_FALSE(regularizers::get(nullptr));
  EXPECT_TRUE(Regularizer().serialize().is_null());
}

TEST(Regularizer, ArgumentsAreChecked) {
  EXPECT_THROW(regularizers::L1(-0.1), ValueError);
  EXPECT_THROW(regularizers::OrthogonalRegularizer({.mode = "diagonal"}), ValueError);
  EXPECT_THROW(Regularizer("l3"), ValueError);
  EXPECT_THROW(regularizers::get(Json{{"class_name", "L2"}, {"config", {{"l1", 0.1}}}}), ValueError);
  Builder b;
  EXPECT_THROW(regularizers::OrthogonalRegularizer()(b.parameter("w", {3})), ValueError);
  EXPECT_THROW(regularizers::OrthogonalRegularizer()(b.parameter("v", {1, 3})), ValueError);
}

TEST(Regularizer, NumbersAreWrittenAsTheyWereGiven) {
  EXPECT_EQ(dump_json(regularizers::L2(1).serialize()["config"]), "{\"l2\": 1}");
  EXPECT_EQ(dump_json(regularizers::L2(1.0).serialize()["config"]), "{\"l2\": 1.0}");
  EXPECT_EQ(dump_json(regularizers::L1({.l1 = 0.01}).serialize()["config"]), "{\"l1\": 0.009999999776482582}");
}

}  // namespace
}  // namespace cornu
