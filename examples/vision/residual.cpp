// A small residual network on images: convolutions, batch normalization, shortcuts. Trains and saves one file, which
// examples/vision/transfer.cpp learns another task from, and which Keras opens as well.
//
//   vision_residual [MODEL.keras] [SAMPLES] [EPOCHS]
#include <cornu/cornu.h>

#include <cstdlib>
#include <iostream>

using namespace cornu;

namespace {

// relu(x + f(x)): two convolutions that learn what to change. A block that halves the image widens its shortcut too.
KerasTensor block(const KerasTensor& x, std::int64_t filters, std::int64_t strides) {
  const auto conv = [](std::int64_t n, std::int64_t size, std::int64_t step) {
    return layers::Conv2D(n, size, {.strides = step, .padding = "same", .use_bias = false});
  };
  // A short training: averages that follow within a hundred steps.
  const auto norm = [] { return layers::BatchNormalization({.momentum = 0.9}); };
  KerasTensor y = norm()(conv(filters, 3, strides)(x));
  y = norm()(conv(filters, 3, 1)(layers::ReLU()(y)));
  const KerasTensor shortcut = strides == 1 ? x : norm()(conv(filters, 1, strides)(x));
  return layers::ReLU()(layers::Add()({y, shortcut}));
}

}  // namespace

int main(int argc, char** argv) {
  const std::string path = argc > 1 ? argv[1] : "residual.keras";
  const std::int64_t samples = argc > 2 ? std::atoll(argv[2]) : 10000;
  const std::int64_t epochs = argc > 3 ? std::atoll(argv[3]) : 2;
  auto [train, test] = datasets::fashion_mnist::load_data();
  const Tensor x = train.x.rows(0, samples).reshape({samples, 28, 28, 1}).astype(float32) / 255.0f;
  const Tensor y = train.y.rows(0, samples);

  const KerasTensor image = layers::Input({28, 28, 1});
  KerasTensor h = layers::Conv2D(16, 3, {.padding = "same", .activation = "relu"})(image);
  h = block(h, 16, 1);
  h = block(h, 32, 2);
  h = block(h, 64, 2);
  const KerasTensor features = layers::GlobalAveragePooling2D({.name = "features"})(h);
  const Model model(image, layers::Dense(10, {.activation = "softmax"})(features));
  std::cout << model.summary();

  model.compile({.optimizer = "adam", .loss = "sparse_categorical_crossentropy", .metrics = {"accuracy"}});
  model.fit(x, y, {.batch_size = 64, .epochs = epochs});
  const Tensor x_test = std::move(test.x).reshape({10000, 28, 28, 1}).astype(float32) / 255.0f;
  const Logs scores = model.evaluate(x_test, test.y, {.batch_size = 256});
  std::cout << "test accuracy: " << scores["accuracy"] << '\n';
  model.save(path);
}
