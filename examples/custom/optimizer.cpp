// An optimizer of your own: sign momentum. Clipping, weight decay, moving averages, files and exact resume come with
// it.
#include <cornu/cornu.h>

#include <iostream>

using namespace cornu;

class SignMomentum final : public OptimizerImpl {
 public:
  SignMomentum(LearningRate rate, double beta) : OptimizerImpl("SignMomentum", rate, {}), beta_(beta) {}
  Json own_config() const override { return Json{{"beta", beta_}}; }
  std::vector<std::vector<std::string>> slot_groups() const override { return {{"momentum"}}; }

  // The new weight; assigning to a slot updates it.
  Value update(UpdateContext& context, Value weight, Value gradient) const override {
    Value& m = context.slot("momentum");
    m = m * beta_ + gradient * (1.0 - beta_);
    return weight - context.learning_rate * ops::sign(m);
  }

 private:
  double beta_;
};

int main() {
  optimizers::registry().add("SignMomentum", {}, [](const Json& config) {
    const LearningRate rate = optimizers::schedules::get(config.at("learning_rate"));
    return Optimizer(std::make_shared<SignMomentum>(rate, config.at("beta").get<double>()));
  });

  utils::set_random_seed(3);
  Sequential model(
      {layers::Input({2}), layers::Dense(8, {.activation = "tanh"}), layers::Dense(1, {.activation = "sigmoid"})});
  model.compile({.optimizer = Optimizer(std::make_shared<SignMomentum>(0.01, 0.9)), .loss = "binary_crossentropy"});
  const Tensor x = Tensor::from<float>({0, 0, 0, 1, 1, 0, 1, 1}, {4, 2});
  const Tensor y = Tensor::from<float>({0, 1, 1, 0}, {4, 1});
  model.fit(x, y, {.epochs = 300, .verbose = 0});
  model.save("sign_momentum.keras");

  // Opened again, it trains on where it stopped: the file holds the momentum.
  const Model again = load_model("sign_momentum.keras");
  const History history = again.fit(x, y, {.epochs = 10, .verbose = 0});
  std::cout << "loss after resuming: " << history["loss"].back() << "\n";
}
