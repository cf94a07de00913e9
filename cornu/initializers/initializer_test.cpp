#include <gtest/gtest.h>

#include "cornu/core/error.h"
#include "cornu/core/random.h"
#include "cornu/initializers/initializers.h"

namespace cornu {
namespace {

TEST(Initializer, SameSeedSameValues) {
  EXPECT_EQ(initializers::HeNormal({.seed = 7})({4, 5}), initializers::HeNormal({.seed = 7})({4, 5}));
  EXPECT_FALSE(initializers::HeNormal({.seed = 7})({4, 5}) == initializers::HeNormal({.seed = 8})({4, 5}));
}

TEST(Initializer, UnseededOnesDifferButRepeatThemselves) {
  const Initializer a("glorot_uniform"), b("glorot_uniform");
  EXPECT_EQ(a({8, 8}), a({8, 8}));
  EXPECT_FALSE(a({8, 8}) == b({8, 8}));
  EXPECT_TRUE(a.serialize()["config"]["seed"].is_null());
}

TEST(Initializer, TheGlobalSeedDecidesUnseededOnes) {
  set_global_seed(3);
  const Tensor first = Initializer("orthogonal")({4, 4});
  set_global_seed(3);
  EXPECT_EQ(Initializer("orthogonal")({4, 4}), first);
}

TEST(Initializer, OtherDtypesAreRoundedFromTheSameDraws) {
  const Initializer a = initializers::RandomUniform({.seed = 1});
  EXPECT_EQ(a({10}, float64), a({10}).astype(float64));
  EXPECT_EQ(a({10}, float16), a({10}).astype(float16));
}

TEST(Initializer, IdentityHasAGain) {
  const Tensor x = initializers::Identity({.gain = 0.5})({2, 3});
  EXPECT_EQ(x.to_vector<float>(), (std::vector<float>{0.5f, 0, 0, 0, 0.5f, 0}));
  // Keras forgets the gain; here it survives.
  const Initializer back = initializers::get(initializers::Identity({.gain = 0.5}).serialize());
  EXPECT_EQ(back({2, 3}), x);
}

TEST(Initializer, ArgumentsAreChecked) {
  EXPECT_THROW(initializers::VarianceScaling({.scale = 0.0}), ValueError);
  EXPECT_THROW(initializers::VarianceScaling({.mode = "fan"}), ValueError);
  EXPECT_THROW(initializers::VarianceScaling({.distribution = "gauss"}), ValueError);
  EXPECT_THROW(initializers::Orthogonal()({3}), ValueError);
  EXPECT_THROW(initializers::Identity()({3}), ValueError);
  EXPECT_THROW(Initializer("glorot"), ValueError);
  EXPECT_THROW(initializers::get(Json{{"class_name", "Zeros"}, {"config", {{"sede", 1}}}}), ValueError);
}

TEST(Initializer, AxesMayBeNamed) {
  // Inputs are axes 0 and 1, outputs axis 2: fan_in 6, so every value lies within sqrt(3 / 6).
  const Initializer a = initializers::LecunUniform({.seed = 1, .input_axes = {0, 1}, .output_axes = {2}});
  const Tensor x = a({2, 3, 400});
  double largest = 0.0;
  for (std::int64_t i = 0; i < x.size(); ++i) largest = std::max(largest, std::abs(x.at(i)));
  EXPECT_LE(largest, std::sqrt(0.5));
  EXPECT_GT(largest, 0.95 * std::sqrt(0.5));
}

}  // namespace
}  // namespace cornu
