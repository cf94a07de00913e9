// A loss of your own: the pinball loss, whose minimum is a quantile instead of the mean.
#include <cornu/cornu.h>

#include <iostream>

using namespace cornu;

class Pinball final : public LossImpl {
 public:
  explicit Pinball(double quantile) : quantile_(quantile) {}
  std::string class_name() const override { return "Pinball"; }
  Json config() const override {
    return Json{{"name", "pinball"}, {"reduction", reduction()}, {"quantile", quantile_}};
  }

  // (batch, n) targets and predictions -> one value a sample.
  Value call(Value y_true, Value y_pred) const override {
    const Value error = y_true - y_pred;
    return ops::mean(ops::maximum(error * quantile_, error * (quantile_ - 1.0)), {-1});
  }

 private:
  double quantile_;
};

int main() {
  // Files that name the class find it here.
  losses::registry().add("Pinball", {},
                         [](const Json& c) { return Loss(std::make_shared<Pinball>(c.at("quantile").get<double>())); });

  std::vector<float> values;
  for (int i = 0; i < 1000; ++i) values.push_back(static_cast<float>(i) / 1000.0f);
  const Tensor y = Tensor::from(values, {1000, 1});

  Sequential model({layers::Input({1}), layers::Dense(1)});
  model.compile({.optimizer = optimizers::Adam({.learning_rate = 0.01}), .loss = Loss(std::make_shared<Pinball>(0.9))});
  model.fit(Tensor::full({1000, 1}, 1.0), y, {.batch_size = 100, .epochs = 200, .verbose = 0});
  std::cout << "the 0.9 quantile of 0 ... 1: " << model.predict(Tensor::full({1, 1}, 1.0), {.verbose = 0}).item()
            << "\n";
}
