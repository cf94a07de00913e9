// applications: the architectures of keras.applications, with Keras's names of layers and weights, so that files
// interchange. Arguments, their order and defaults are Keras's, except that weights are random unless a file is given:
// this library downloads nothing.
#pragma once

#include "cornu/applications/imagenet_utils.h"
#include "cornu/trainers/model.h"

namespace cornu::applications {

// What the arguments of all builders mean:
//   include_top            with the classifier
//   weights                "": random. Else a file of weights (.weights.h5, or the .h5 that Keras downloads) or of a
//                          whole model of this architecture. "imagenet" is an error that names the file to fetch.
//   input_tensor           a symbolic tensor to begin with, in place of a new input
//   input_shape            (height, width, channels); -1 for a size that is not known, which needs include_top = false
//   pooling                without the top: "avg", "max", or "" for the last feature map
//   classes                outputs of the classifier
//   classifier_activation  {} gives logits. With weights from a file only "softmax" and {}
//   name                   of the model; "" is Keras's
// All throw ValueError for arguments that do not go together or an image that is too small; FileError for a weights
// file that cannot be read or does not fit. Images are channels last.
struct ApplicationOptions {
  bool include_top = true;
  std::string weights = {};
  KerasTensor input_tensor = {};
  OptionalShape input_shape = {};
  std::string pooling = {};
  std::int64_t classes = 1000;
  Activation classifier_activation = "softmax";
  std::string name = {};
};

Model VGG16(const ApplicationOptions& options = {});
Model VGG19(const ApplicationOptions& options = {});
Model ResNet50(const ApplicationOptions& options = {});
Model ResNet101(const ApplicationOptions& options = {});
Model ResNet152(const ApplicationOptions& options = {});
Model ResNet50V2(const ApplicationOptions& options = {});
Model ResNet101V2(const ApplicationOptions& options = {});
Model ResNet152V2(const ApplicationOptions& options = {});
Model DenseNet121(const ApplicationOptions& options = {});
Model DenseNet169(const ApplicationOptions& options = {});
Model DenseNet201(const ApplicationOptions& options = {});
Model InceptionV3(const ApplicationOptions& options = {});
Model InceptionResNetV2(const ApplicationOptions& options = {});
Model Xception(const ApplicationOptions& options = {});
// They take pixels from 0 to 255. Keras rescales once more behind the normalization when it loads "imagenet" itself,
// and not when it is given a file; so does this.
Model EfficientNetB0(const ApplicationOptions& options = {});
Model EfficientNetB1(const ApplicationOptions& options = {});
Model EfficientNetB2(const ApplicationOptions& options = {});
Model EfficientNetB3(const ApplicationOptions& options = {});
Model EfficientNetB4(const ApplicationOptions& options = {});
Model EfficientNetB5(const ApplicationOptions& options = {});
Model EfficientNetB6(const ApplicationOptions& options = {});
Model EfficientNetB7(const ApplicationOptions& options = {});

struct EfficientNetV2Options {
  bool include_top = true;
  std::string weights = {};
  KerasTensor input_tensor = {};
  OptionalShape input_shape = {};
  std::string pooling = {};
  std::int64_t classes = 1000;
  Activation classifier_activation = "softmax";
  bool include_preprocessing = true;  // takes pixels from 0 to 255; else from -1 to 1
  std::string name = {};
};
Model EfficientNetV2B0(const EfficientNetV2Options& options = {});
Model EfficientNetV2B1(const EfficientNetV2Options& options = {});
Model EfficientNetV2B2(const EfficientNetV2Options& options = {});
Model EfficientNetV2B3(const EfficientNetV2Options& options = {});
Model EfficientNetV2S(const EfficientNetV2Options& options = {});
Model EfficientNetV2M(const EfficientNetV2Options& options = {});
Model EfficientNetV2L(const EfficientNetV2Options& options = {});

struct ConvNeXtOptions {
  bool include_top = true;
  bool include_preprocessing = true;  // takes pixels from 0 to 255 and normalizes them, when there are three channels
  std::string weights = {};
  KerasTensor input_tensor = {};
  OptionalShape input_shape = {};
  std::string pooling = {};
  std::int64_t classes = 1000;
  Activation classifier_activation = "softmax";
  std::string name = {};
};
Model ConvNeXtTiny(const ConvNeXtOptions& options = {});
Model ConvNeXtSmall(const ConvNeXtOptions& options = {});
Model ConvNeXtBase(const ConvNeXtOptions& options = {});
Model ConvNeXtLarge(const ConvNeXtOptions& options = {});
Model ConvNeXtXLarge(const ConvNeXtOptions& options = {});

struct MobileNetOptions {
  OptionalShape input_shape = {};
  double alpha = 1.0;  // times the number of filters
  std::int64_t depth_multiplier = 1;
  Number dropout = 0.001;
  bool include_top = true;
  std::string weights = {};
  KerasTensor input_tensor = {};
  std::string pooling = {};
  std::int64_t classes = 1000;
  Activation classifier_activation = "softmax";
  std::string name = {};
};
Model MobileNet(const MobileNetOptions& options = {});

struct MobileNetV2Options {
  OptionalShape input_shape = {};
  double alpha = 1.0;  // times the number of filters, then rounded to eights
  bool include_top = true;
  std::string weights = {};
  KerasTensor input_tensor = {};
  std::string pooling = {};
  std::int64_t classes = 1000;
  Activation classifier_activation = "softmax";
  std::string name = {};
};
Model MobileNetV2(const MobileNetV2Options& options = {});

struct MobileNetV3Options {
  OptionalShape input_shape = {};  // none: (None, None, 3), also with the top
  double alpha = 1.0;
  bool minimalistic = false;  // without squeeze-and-excite, 5x5 kernels and hard swish
  bool include_top = true;
  std::string weights = {};
  KerasTensor input_tensor = {};
  std::int64_t classes = 1000;
  std::string pooling = {};
  Number dropout_rate = 0.2;
  Activation classifier_activation = "softmax";
  bool include_preprocessing = true;  // takes pixels from 0 to 255; else from -1 to 1
  std::string name = {};
};
Model MobileNetV3Small(const MobileNetV3Options& options = {});
Model MobileNetV3Large(const MobileNetV3Options& options = {});

struct NASNetOptions {
  OptionalShape input_shape = {};
  bool include_top = true;
  std::string weights = {};
  KerasTensor input_tensor = {};
  std::string pooling = {};
  std::int64_t classes = 1000;
  Activation classifier_activation = "softmax";
  std::string name = {};
};
Model NASNetMobile(const NASNetOptions& options = {});
Model NASNetLarge(const NASNetOptions& options = {});

}  // namespace cornu::applications
