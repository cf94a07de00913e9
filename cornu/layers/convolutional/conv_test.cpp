// What convolution and pooling layers refuse, how they name themselves, and their shapes; numbers are compared with
// Keras in tests/golden/.
#include <gtest/gtest.h>

#include "cornu/layers/convolutional/conv.h"
#include "cornu/layers/convolutional/conv_transpose.h"
#include "cornu/layers/convolutional/depthwise_conv.h"
#include "cornu/layers/pooling/adaptive_pooling.h"
#include "cornu/layers/pooling/pooling.h"
#include "cornu/layers/reshaping/cropping.h"
#include "cornu/layers/reshaping/up_sampling.h"
#include "cornu/layers/reshaping/zero_padding.h"

namespace cornu::layers {
namespace {

std::string refusal(const std::function<void()>& f) {
  try {
    f();
  } catch (const ValueError& error) {
    return error.what();
  }
  return "";
}

TEST(Convolutions, AreNamedAsKerasNamesThem) {
  utils::clear_session();
  EXPECT_EQ(Conv2D(4, 3).name(), "conv2d");
  EXPECT_EQ(Conv2D(4, {3, 5}).name(), "conv2d_1");
  EXPECT_EQ(Conv1DTranspose(4, 3).name(), "conv1d_transpose");
  EXPECT_EQ(DepthwiseConv2D(3).name(), "depthwise_conv2d");
  EXPECT_EQ(MaxPooling2D().name(), "max_pooling2d");
  EXPECT_EQ(UpSampling1D().name(), "up_sampling1d");
}

TEST(Convolutions, KnowTheirShapes) {
  EXPECT_EQ(Conv2D(4, 3).compute_output_shape({-1, 28, 28, 1}), (Shape{-1, 26, 26, 4}));
  EXPECT_EQ(Conv2D(4, 3, {.strides = 2, .padding = "same"}).compute_output_shape({-1, -1, 7, 3}),
            (Shape{-1, -1, 4, 4}));
  EXPECT_EQ(Conv2DTranspose(4, 3, {.strides = 2}).compute_output_shape({-1, 5, -1, 3}), (Shape{-1, 11, -1, 4}));
  EXPECT_EQ(Conv1D(4, 3, {.data_format = "channels_first"}).compute_output_shape({2, 3, 9}), (Shape{2, 4, 7}));
  EXPECT_EQ(MaxPooling2D(3, {.strides = 2}).compute_output_shape({-1, 7, 8, 3}), (Shape{-1, 3, 3, 3}));
  EXPECT_EQ(ZeroPadding2D({{1, 2}, {3, 4}}).compute_output_shape({-1, 5, -1, 3}), (Shape{-1, 8, -1, 3}));
  EXPECT_EQ(ZeroPadding1D({1, 2}).compute_output_shape({-1, 5, 3}), (Shape{-1, 8, 3}));
  EXPECT_EQ(Cropping2D({1, 2}).compute_output_shape({-1, 5, 6, 3}), (Shape{-1, 3, 2, 3}));
}

TEST(Convolutions, RefuseArgumentsThatCannotBeMeant) {
  EXPECT_EQ(refusal([] { Conv2D(0, 3); }), "[Conv2D] received: filters=0\n  expected: a positive number");
  EXPECT_EQ(refusal([] {
              Conv2D(4, {3, 3, 3});
            }),
            "[Conv2D] received: kernel_size=(3, 3, 3)\n  expected: one number or 2, each at least 1");
  EXPECT_EQ(refusal([] { Conv2D(4, 3, {.strides = 2, .dilation_rate = 2}); }),
            "[Conv2D] received: strides=2 with dilation_rate=2\n  expected: strides or dilation_rate to be 1");
  EXPECT_EQ(refusal([] { Conv2D(4, 3, {.groups = 3}); }),
            "[Conv2D] received: groups=3\n  expected: a divisor of filters=4");
  EXPECT_EQ(refusal([] { Conv2D(4, 3, {.padding = "causal"}); }),
            "[Conv2D] received: padding=\"causal\"\n  expected: \"valid\" or \"same\"");
  EXPECT_EQ(refusal([] { Conv2D(4, 3, {.data_format = "last"}); }),
            "[Conv2D] received: data_format=\"last\"\n  expected: channels_last or channels_first");
  EXPECT_EQ(refusal([] { Conv1DTranspose(4, 3, {.strides = 2, .output_padding = 2}); }),
            "[Conv1DTranspose] received: output_padding=2\n  expected: less than strides=2");
  EXPECT_EQ(refusal([] { MaxPooling2D(2, {.padding = "SAME"}); }),
            "[MaxPooling2D] received: padding=\"SAME\"\n  expected: \"valid\" or \"same\"");
  EXPECT_EQ(refusal([] { UpSampling2D(2, {.interpolation = "cubic"}); }),
            "[UpSampling2D] received: interpolation=\"cubic\"\n"
            "  expected: nearest, bilinear, bicubic, lanczos3 or lanczos5");
  EXPECT_EQ(refusal([] {
              ZeroPadding3D({1, 2});
            }),
            "[ZeroPadding3D] received: padding for 2 axes or below 0\n"
            "  expected: one number, or one number or a pair for each of 3 axes, each at least 0");
}

TEST(Convolutions, RefuseInputsThatDoNotFit) {
  EXPECT_EQ(refusal([] {
              Conv2D(4, 3, {.name = "c"}).build({-1, 28, 28});
            }),
            "layer \"c\" (Conv2D) received: input of shape (None, 28, 28)\n"
            "  expected: rank 4 and known channels at axis 3");
  EXPECT_EQ(refusal([] {
              Conv2D(4, 3, {.name = "c"}).build({-1, 28, 28, -1});
            }),
            "layer \"c\" (Conv2D) received: input of shape (None, 28, 28, None)\n"
            "  expected: rank 4 and known channels at axis 3");
  EXPECT_EQ(refusal([] {
              Conv2D(4, 3, {.groups = 2, .name = "c"}).build({-1, 28, 28, 3});
            }),
            "layer \"c\" (Conv2D) received: input of shape (None, 28, 28, 3)\n"
            "  expected: channels that groups=2 divides");
  EXPECT_EQ(refusal([] {
              Conv2D(4, 3, {.dilation_rate = 2, .name = "c"}).build({-1, 8, 4, 3});
            }),
            "layer \"c\" (Conv2D) received: input of shape (None, 8, 4, 3)\n"
            "  expected: at least as much as the kernel (3, dilation 2) covers at axis 2");
  EXPECT_EQ(refusal([] {
              MaxPooling1D(4, {.name = "p"}).compute_output_shape({-1, 3, 2});
            }),
            "layer \"p\" (MaxPooling1D) received: input of shape (None, 3, 2)\n"
            "  expected: at least pool_size (4) elements at axis 1");
  EXPECT_EQ(refusal([] {
              Cropping1D(2, {.name = "k"}).compute_output_shape({-1, 4, 2});
            }),
            "layer \"k\" (Cropping1D) received: input of shape (None, 4, 2)\n"
            "  expected: more than cropping=(2, 2) takes away at axis 1");
}

// Keras writes lists of full length, whatever was given.
TEST(Convolutions, WriteListsOfFullLength) {
  const Json config = Conv2D(4, 3, {.strides = {2, 1}}).get_config();
  EXPECT_EQ(dump_json(config["kernel_size"]), "[3, 3]");
  EXPECT_EQ(dump_json(config["strides"]), "[2, 1]");
  EXPECT_EQ(dump_json(MaxPooling3D().get_config()["strides"]), "[2, 2, 2]");
  EXPECT_EQ(dump_json(AdaptiveMaxPooling1D(3).get_config()["output_size"]), "[3]");
  EXPECT_EQ(dump_json(ZeroPadding2D(1).get_config()["padding"]), "[[1, 1], [1, 1]]");
}

TEST(Convolutions, RefuseKeysThatNobodyReads) {
  Json layer = Conv2D(4, 3, {.name = "c"}).serialize();
  layer["config"]["lora_rank"] = 4;
  EXPECT_NE(refusal([&] { deserialize(layer); }).find("lora_rank"), std::string::npos);
  layer = Conv2D(4, 3, {.name = "c"}).serialize();
  layer["config"].erase("kernel_size");
  EXPECT_NE(refusal([&] { deserialize(layer); }).find("kernel_size"), std::string::npos);
}

}  // namespace
}  // namespace cornu::layers
