// What builders refuse, models inside of models, predictions as names. The architectures themselves: tests/golden/.
#include "cornu/applications/applications.h"

#include <gtest/gtest.h>

#include <fstream>

#include "cornu/layers/core/dense.h"
#include "cornu/layers/core/input_layer.h"
#include "cornu/layers/preprocessing/rescaling.h"

namespace cornu::applications {
namespace {

template <class F>
std::string message(const F& f) {
  try {
    f();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(Applications, SayWhereTheWeightsAre) {
  EXPECT_NE(message([] { ResNet50({.weights = "imagenet"}); })
                .find("fetch https://storage.googleapis.com/tensorflow/keras-applications/resnet/"
                      "resnet50_weights_tf_dim_ordering_tf_kernels.h5"),
            std::string::npos);
  EXPECT_NE(message([] {
              MobileNetV2({.alpha = 0.5, .include_top = false, .weights = "imagenet"});
            }).find("mobilenet_v2_weights_tf_dim_ordering_tf_kernels_0.5_224_no_top.h5"),
            std::string::npos);
  EXPECT_NE(message([] {
              MobileNet({.input_shape = {128, 128, 3}, .alpha = 0.75, .weights = "imagenet"});
            }).find("mobilenet_7_5_128_tf.h5"),
            std::string::npos);
  EXPECT_NE(
      message([] { MobileNetV3Small({.weights = "imagenet"}); }).find("weights_mobilenet_v3_small_224_1.0_float.h5"),
      std::string::npos);
  EXPECT_THROW(ResNet50({.weights = "no/such/file.h5"}), FileError);
}

TEST(Applications, RefuseWhatDoesNotGoTogether) {
  EXPECT_EQ(message([] {
              VGG16({.input_shape = {31, 64, 3}});
            }),
            "[VGG16] received: input_shape=(31, 64, 3)\n  expected: an image of at least 32 x 32");
  EXPECT_EQ(message([] {
              VGG16({.input_shape = {-1, -1, 3}});
            }),
            "[VGG16] received: input_shape=(None, None, 3) with include_top\n  expected: known sizes");
  EXPECT_EQ(message([] { Xception({.include_top = false, .pooling = "mean"}); }),
            "[Xception] received: pooling=\"mean\"\n  expected: \"\", \"avg\" or \"max\"");
  EXPECT_THROW(InceptionV3({.input_shape = {299, 299}}), ValueError);
  EXPECT_THROW(DenseNet121({.classes = 0}), ValueError);
  EXPECT_THROW(MobileNet({.alpha = 0.0}), ValueError);
  EXPECT_THROW(ResNet50({.weights = "x.h5", .classifier_activation = "sigmoid"}), ValueError);
}

TEST(Applications, BeginWhereTheySay) {
  const KerasTensor pixels = layers::Input({64, 64, 3});
  const Model model =
      MobileNetV2({.include_top = false, .input_tensor = layers::Rescaling(1 / 127.5)(pixels), .pooling = "avg"});
  EXPECT_EQ(model.layers()[0].name(), pixels.name());
  EXPECT_EQ(model.layers()[1].class_name(), "Rescaling");
  EXPECT_EQ(model.output().shape(), (Shape{-1, 1280}));
}

// Training a new head on a frozen architecture.
TEST(Applications, AreLayers) {
  const Model base =
      MobileNetV3Small({.input_shape = {32, 32, 3}, .alpha = 0.75, .include_top = false, .pooling = "avg"});
  base.set_trainable(false);
  const KerasTensor x = layers::Input({32, 32, 3});
  const Model model(x, layers::Dense(2, {.activation = "softmax"})(base(x)));
  EXPECT_EQ(model.trainable_weights().size(), 2u);
  EXPECT_EQ(model.predict(Tensor({1, 32, 32, 3}), {.verbose = 0}).shape(), (Shape{1, 2}));
}

TEST(ImagenetUtils, DecodesPredictions) {
  const std::string path = testing::TempDir() + "classes.json";
  std::ofstream file(path);
  file << "{";
  for (int i = 0; i < 1000; ++i)
    file << (i == 0 ? "" : ", ") << '"' << i << "\": [\"n" << i << "\", \"class " << i << "\"]";
  file << "}";
  file.close();
  Tensor preds({2, 1000});
  float* p = preds.mutable_data<float>();
  p[7] = 0.5f;
  p[3] = 0.25f;
  p[1999] = 1.0f;
  const auto decoded = imagenet_utils::decode_predictions(preds, 2, path);
  ASSERT_EQ(decoded.size(), 2u);
  ASSERT_EQ(decoded[0].size(), 2u);
  EXPECT_EQ(decoded[0][0].class_name, "class 7");
  EXPECT_EQ(decoded[0][1].wordnet_id, "n3");
  EXPECT_EQ(decoded[0][1].score, 0.25);
  EXPECT_EQ(decoded[1][0].class_name, "class 999");
  EXPECT_EQ(vgg16::decode_predictions(preds, 3, path)[1].size(), 3u);

  EXPECT_THROW(imagenet_utils::decode_predictions(Tensor({2, 10}), 5, path), ValueError);
  EXPECT_NE(message([&] { imagenet_utils::decode_predictions(preds, 5, "no/such.json"); }).find("fetch https://"),
            std::string::npos);
  std::ofstream(path) << "{\"0\": [\"n0\"]}";
  EXPECT_THROW(imagenet_utils::decode_predictions(preds, 5, path), FileError);
}

TEST(ImagenetUtils, RefusesOtherPictures) {
  EXPECT_THROW(imagenet_utils::preprocess_input(Tensor({4, 4, 1})), ValueError);
  EXPECT_THROW(imagenet_utils::preprocess_input(Tensor({4, 4, 3}), "channels_last", "pytorch"), ValueError);
  EXPECT_THROW(imagenet_utils::preprocess_input(Tensor({4, 4, 3}), "hwc"), ValueError);
  EXPECT_EQ(mobilenet::preprocess_input(Tensor::full({4, 4, 1}, 255.0)).at(0), 1.0);
  EXPECT_EQ(convnext::preprocess_input(Tensor::full({4, 4, 3}, 255.0)).at(0), 255.0);
}

}  // namespace
}  // namespace cornu::applications
