// Regularizers and constraints: what is done to a weight.
#include "cornu/constraints/constraints.h"
#include "cornu/grad/gradients.h"
#include "cornu/regularizers/regularizers.h"
#include "tests/golden/golden.h"

namespace cornu::golden {
namespace {

TEST(GoldenRegularizers, PenaltiesAndGradients) {
  for_each_case("regularizers", "value", [](const Family& f, const Json& c) {
    on_every_engine(
        {f.array(c, "w")},
        [&](const std::vector<Value>& in) {
          const Value penalty = regularizers::get(c["config"])(in[0]);
          return std::vector<Value>{penalty, gradients(penalty, in)[0]};
        },
        [&](const std::vector<Tensor>& out) {
          EXPECT_TRUE(near(out[0].item(), c["value"].get<double>())) << "penalty";
          EXPECT_TRUE(near(out[1], f.array(c, "grad"))) << "gradient";
        });
  });
}

TEST(GoldenConstraints, Weights) {
  for_each_case("constraints", "config", [](const Family& f, const Json& c) {
    on_every_engine(
        {f.array(c, "w")},
        [&](const std::vector<Value>& in) { return std::vector<Value>{constraints::get(c["config"])(in[0])}; },
        [&](const std::vector<Tensor>& out) { EXPECT_TRUE(near(out[0], f.array(c, "after"))); });
  });
}

template <class Get>
void check_aliases(const char* family_name, Get get) {
  for_each_case(family_name, "aliases", [&](const Family&, const Json& c) {
    for (const auto& [text, expected] : c["aliases"].items()) {
      if (expected.is_null())
        EXPECT_ANY_THROW(get(Json(text))) << text;
      else
        EXPECT_EQ(dump_json(get(Json(text)).serialize()), dump_json(expected)) << text;
    }
  });
}

TEST(GoldenRegularizers, Aliases) { check_aliases("regularizers", regularizers::get); }
TEST(GoldenConstraints, Aliases) { check_aliases("constraints", constraints::get); }

}  // namespace
}  // namespace cornu::golden
