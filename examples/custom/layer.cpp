// A layer of your own: a dense layer with a learned gate. It emits graph, so it has its gradient, runs on every engine,
// and is saved and loaded like Keras's own.
#include <cornu/cornu.h>

#include <iostream>

using namespace cornu;

class GatedDense final : public LayerImpl {
 public:
  explicit GatedDense(std::int64_t units) : units_(units) {}
  std::string class_name() const override { return "GatedDense"; }
  Json own_config() const override { return Json{{"units", units_}}; }

  void build(const Shape& input_shape) override {
    kernel_ = add_weight("kernel", {input_shape.back(), units_}, "glorot_uniform");
    gate_ = add_weight("gate", {input_shape.back(), units_}, "glorot_uniform");
  }
  Value call(CallContext& context, Value x) override {
    return ops::tanh(ops::matmul(x, context[kernel_])) * ops::sigmoid(ops::matmul(x, context[gate_]));
  }

 private:
  std::int64_t units_;
  Variable kernel_, gate_;
};

int main() {
  // Files that hold the class name find it here; nothing in a file is ever executed.
  layers::registry().add("GatedDense", {}, [](const Json& config) {
    auto impl = std::make_shared<GatedDense>(config.at("units").get<std::int64_t>());
    impl->configure(config.at("name").get<std::string>(), true, "", {});
    return Layer(impl);
  });

  utils::set_random_seed(1);
  Sequential model({layers::Input({2}), layers::make<GatedDense>(16), layers::Dense(1, {.activation = "sigmoid"})});
  model.compile(
      {.optimizer = optimizers::Adam({.learning_rate = 0.05}), .loss = "binary_crossentropy", .metrics = {"accuracy"}});
  const Tensor x = Tensor::from<float>({0, 0, 0, 1, 1, 0, 1, 1}, {4, 2});
  const Tensor y = Tensor::from<float>({0, 1, 1, 0}, {4, 1});
  model.fit(x, y, {.epochs = 200, .verbose = 0});
  model.save("gated.keras");

  const Model again = load_model("gated.keras");
  std::cout << "exclusive or, learned: " << again.predict(x, {.verbose = 0}) << "\n";
}
