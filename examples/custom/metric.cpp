// A metric of your own: the largest error seen. Its state lives in the compiled step, beside the weights.
#include <cornu/cornu.h>

#include <iostream>

using namespace cornu;

class LargestError final : public MetricImpl {
 public:
  std::string class_name() const override { return "LargestError"; }
  Json config() const override { return Json{{"name", name()}}; }
  std::string name() const override { return "largest_error"; }
  std::vector<MetricState> state() const override { return {{"largest", Tensor::scalar(0.0f)}}; }

  // The state after one more batch; a few lines of graph.
  std::vector<Value> update(const std::vector<Value>& state, Value y_true, Value y_pred,
                            Value /*sample_weight*/) const override {
    return {ops::maximum(state[0], ops::max(ops::abs(ops::cast(y_true, y_pred.dtype()) - y_pred)))};
  }
  Tensor result(const std::vector<Tensor>& state) const override { return state[0]; }
  int direction() const override { return -1; }  // smaller is better
};

int main() {
  metrics::registry().add("LargestError", {}, [](const Json&) { return Metric(std::make_shared<LargestError>()); });

  utils::set_random_seed(2);
  std::vector<float> x, y;
  for (int i = 0; i < 256; ++i) {
    x.push_back(static_cast<float>(i) / 128.0f - 1.0f);
    y.push_back(x.back() * x.back());
  }
  Sequential model({layers::Input({1}), layers::Dense(32, {.activation = "relu"}), layers::Dense(1)});
  model.compile({.optimizer = "adam", .loss = "mse", .metrics = {Metric(std::make_shared<LargestError>()), "mae"}});
  const History history =
      model.fit(Tensor::from(x, {256, 1}), Tensor::from(y, {256, 1}), {.epochs = 100, .verbose = 0});
  std::cout << "largest error, first epoch: " << history["largest_error"].front()
            << ", last: " << history["largest_error"].back() << "\n";
}
