// A residual network with two inputs and two outputs, and then a part of it under a new head: the functional API.
#include <cornu/cornu.h>

#include <cmath>
#include <iostream>

using namespace cornu;

// What three machines hum: a tone of 32 samples, how fast the machine turns, which machine it is, and how worn it is.
struct Machines {
  Tensor tone = Tensor::empty({600, 32}), speed = Tensor::empty({600, 1}), wear = Tensor::empty({600, 1});
  Tensor kind = Tensor::empty({600}, int32);

  Machines() {
    for (int i = 0; i < 600; ++i) {
      const int machine = i % 3;
      const float turns = 1.0f + 0.1f * static_cast<float>(i % 7), worn = static_cast<float>(i % 11) / 10.0f;
      kind.mutable_data<std::int32_t>()[i] = machine;
      speed.mutable_data<float>()[i] = turns;
      wear.mutable_data<float>()[i] = worn;
      for (int t = 0; t < 32; ++t) {
        const float phase = 0.2f * turns * static_cast<float>(t);
        tone.mutable_data<float>()[i * 32 + t] =
            std::sin(phase) + worn * std::sin(3 * phase) + 0.3f * static_cast<float>(machine) * std::cos(2 * phase);
      }
    }
  }
};

// Two layers, and the way around them.
KerasTensor residual_block(const KerasTensor& x, std::int64_t units) {
  const KerasTensor h = layers::Dense(units, {.activation = "relu"})(x);
  return layers::Add()({x, layers::BatchNormalization()(layers::Dense(units)(h))});
}

int main() {
  utils::set_random_seed(1);
  const Machines data;

  const KerasTensor tone = layers::Input({32}, {.name = "tone"});
  const KerasTensor speed = layers::Input({1}, {.name = "speed"});
  KerasTensor x = layers::Dense(32, {.activation = "relu"})(layers::Concatenate()({tone, speed}));
  for (int block = 0; block < 3; ++block) x = residual_block(x, 32);
  const Model model({tone, speed}, {layers::Dense(3, {.activation = "softmax", .name = "kind"})(x),
                                    layers::Dense(1, {.name = "wear"})(x)});

  model.compile({.optimizer = "adam",
                 .loss = {{"kind", "sparse_categorical_crossentropy"}, {"wear", "mse"}},
                 .loss_weights = {{"kind", 1.0}, {"wear", 5.0}},
                 .metrics = {{"kind", {"accuracy"}}, {"wear", {"mae"}}}});
  std::cout << model.summary({.line_length = 96});
  model.fit({{"tone", data.tone}, {"speed", data.speed}}, {{"kind", data.kind}, {"wear", data.wear}},
            {.epochs = 30, .verbose = 0});
  for (const auto& [name, value] : model.evaluate({data.tone, data.speed}, {data.kind, data.wear}, {.verbose = 0}))
    std::cout << name << ": " << value << "\n";
  model.save("machines.keras");

  // Another task with the same ears: everything up to the last block is frozen, and gets a head that says how fast.
  const Model learned = load_model("machines.keras");
  const KerasTensor features = learned.get_layer("add_2").output();
  const Model tuned(learned.inputs(), layers::Dense(1, {.name = "fast"})(features));
  for (const Layer& layer : learned.layers()) layer.set_trainable(false);
  tuned.compile({.optimizer = optimizers::Adam({.learning_rate = 0.01}), .loss = "mse"});
  tuned.fit({data.tone, data.speed}, data.speed, {.epochs = 20, .verbose = 0});
  std::cout << "speed, learned by the head alone: loss "
            << tuned.evaluate({data.tone, data.speed}, data.speed, {.verbose = 0})["loss"] << "\n";
}
