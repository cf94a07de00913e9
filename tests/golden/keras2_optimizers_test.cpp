// Every optimizer of Keras 2, new and legacy, in the middle of its training: the state is found, and training goes on
// as real Keras 2 went on.
#include "cornu/trainers/model.h"
#include "tests/golden/golden.h"

namespace cornu::golden {
namespace {

constexpr Tolerance kTrajectory{.relative = 2e-5, .absolute = 2e-6};

const Skips kOther = {{"new_nadam",
                       "in a compiled step tf_keras counts its product of momenta once a variable; Keras 3 and legacy "
                       "Keras count it once a step, and so does Cornu"}};

TEST(Keras2Optimizers, GoOnAsTheyWouldHave) {
  const auto go_on = [](const Family& f, const Json& c) {
    const std::string name = c["name"].get<std::string>();
    const Model model = load_model(cat(CORNU_GOLDEN_FOLDER, "/keras-2/optimizers/", name, ".h5"));
    EXPECT_EQ(model.optimizer_variables().at(0).second.item(), 3) << "steps so far";
    for (const Json& loss : c["losses"])
      EXPECT_TRUE(
          near(model.train_on_batch(f.array(c, "x"), f.array(c, "y"))["loss"], loss.get<double>(), kTrajectory));
    const std::vector<Tensor> weights = model.get_weights();
    for (std::size_t i = 0; i < weights.size(); ++i)
      EXPECT_TRUE(near(weights[i], f.array(c, cat("w", i)), kTrajectory)) << "weight " << i;
  };
  for_each_case("../keras-2/keras2_optimizers", "losses", go_on, kOther);
}

}  // namespace
}  // namespace cornu::golden
