// What goes in front of and behind an architecture: pictures as it was trained with, and predictions as names.
#pragma once

#include <string>
#include <vector>

#include "cornu/core/tensor.h"

namespace cornu::applications {

struct Prediction {
  std::string wordnet_id;  // "n02123045"
  std::string class_name;  // "tabby"
  double score;
};

namespace imagenet_utils {

// Pixels from 0 to 255 as an architecture wants them; x is one picture or a batch, (..., height, width, 3), or
// (..., 3, height, width) with data_format "channels_first". Integers become float32. Modes:
//   "caffe"  RGB to BGR, minus the mean of each channel of ImageNet
//   "tf"     to the range from -1 to 1; any number of channels
//   "torch"  to the range from 0 to 1, then normalized by mean and standard deviation of each channel of ImageNet
// Throws ValueError for another mode, format, rank or number of channels.
Tensor preprocess_input(const Tensor& x, const std::string& data_format = "channels_last",
                        const std::string& mode = "caffe");

// The `top` classes with the highest scores for each row of preds, (samples, 1000), best first. The names come from
// imagenet_class_index.json: at `class_index` when it is given, else where Keras keeps what it downloaded,
// $KERAS_HOME/models or ~/.keras/models. Throws ValueError for another shape, FileError when there is no such file.
std::vector<std::vector<Prediction>> decode_predictions(const Tensor& preds, std::size_t top = 5,
                                                        const std::string& class_index = "");

}  // namespace imagenet_utils

// Keras's modules, each with the preparation that its architectures were trained with.
#define CORNU_IMAGENET_MODULE(module, mode)                                                           \
  namespace module {                                                                                  \
  inline Tensor preprocess_input(const Tensor& x, const std::string& data_format = "channels_last") { \
    return imagenet_utils::preprocess_input(x, data_format, mode);                                    \
  }                                                                                                   \
  using imagenet_utils::decode_predictions;                                                           \
  }
// These architectures prepare their input themselves: the pictures stay as they are.
#define CORNU_IMAGENET_MODULE_AS_IS(module)                                                                            \
  namespace module {                                                                                                   \
  inline Tensor preprocess_input(const Tensor& x, [[maybe_unused]] const std::string& data_format = "channels_last") { \
    return x;                                                                                                          \
  }                                                                                                                    \
  using imagenet_utils::decode_predictions;                                                                            \
  }

CORNU_IMAGENET_MODULE(vgg16, "caffe")
CORNU_IMAGENET_MODULE(vgg19, "caffe")
CORNU_IMAGENET_MODULE(resnet, "caffe")
CORNU_IMAGENET_MODULE(resnet50, "caffe")
CORNU_IMAGENET_MODULE(resnet_v2, "tf")
CORNU_IMAGENET_MODULE(mobilenet, "tf")
CORNU_IMAGENET_MODULE(mobilenet_v2, "tf")
CORNU_IMAGENET_MODULE(inception_v3, "tf")
CORNU_IMAGENET_MODULE(inception_resnet_v2, "tf")
CORNU_IMAGENET_MODULE(xception, "tf")
CORNU_IMAGENET_MODULE(nasnet, "tf")
CORNU_IMAGENET_MODULE(densenet, "torch")
CORNU_IMAGENET_MODULE_AS_IS(mobilenet_v3)
CORNU_IMAGENET_MODULE_AS_IS(efficientnet)
CORNU_IMAGENET_MODULE_AS_IS(efficientnet_v2)
CORNU_IMAGENET_MODULE_AS_IS(convnext)

#undef CORNU_IMAGENET_MODULE
#undef CORNU_IMAGENET_MODULE_AS_IS

}  // namespace cornu::applications
