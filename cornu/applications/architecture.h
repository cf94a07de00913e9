// What all architectures share: checking what the builders are asked for, the input, the usual heads, the weights file.
// Not for users.
#pragma once

#include "cornu/applications/applications.h"
#include "cornu/core/edge_list.h"

namespace cornu::applications {

// What every builder takes, whatever the order in which Keras lists it.
struct Request {
  std::string builder;  // names it in messages
  bool include_top;
  std::string weights;
  KerasTensor input_tensor;
  OptionalShape input_shape;
  std::string pooling;
  std::int64_t classes;
  Activation classifier_activation;
  std::string name;
};
template <class Options>
Request request_of(const char* builder, const Options& o, const std::string& name) {
  return {builder,        o.include_top,           o.weights,
          o.input_tensor, o.input_shape,           o.pooling,
          o.classes,      o.classifier_activation, o.name.empty() ? name : o.name};
}

// Where Keras keeps the trained weights, for the error that says so.
inline constexpr const char* kKerasFiles = "https://storage.googleapis.com/tensorflow/keras-applications/";

// How the layers behind the last feature map are called.
struct Head {
  std::string top_pool = "avg_pool";  // the pooling in front of the classifier; "": numbered
  bool named_pooling = true;          // the one without a classifier is "avg_pool" or "max_pool"; else numbered
  Number dropout = 0.0;               // in front of the classifier; 0: none
  Initializer kernel_initializer = "glorot_uniform";
};

class Architecture {
 public:
  // Checks the request. `file` and `file_no_top` are the addresses of the trained weights. Throws ValueError.
  Architecture(Request request, const std::string& file, const std::string& file_no_top);

  bool include_top() const { return request_.include_top; }
  std::int64_t classes() const { return request_.classes; }
  const Activation& classifier_activation() const { return request_.classifier_activation; }
  const std::string& name() const { return request_.name; }
  // The model's name where the user gave none and it depends on the image.
  void name_unless_given(const std::string& name) {
    if (request_.name.empty()) request_.name = name;
  }
  [[noreturn]] void fail(const std::string& received, const std::string& expected) const;

  // The shape of one image: what was asked for, else `default_size` squared with three channels, of unknown size
  // without the top. Throws ValueError when it is smaller than `min_size`, or unknown with the top.
  Shape image_shape(std::int64_t default_size, std::int64_t min_size) const;
  // The tensor to begin with: the one that was given, else a new input.
  KerasTensor begin(const Shape& image_shape);
  KerasTensor begin(std::int64_t default_size, std::int64_t min_size) {
    return begin(image_shape(default_size, min_size));
  }

  // The classifier's Dense layer, "predictions".
  KerasTensor predictions(const KerasTensor& x, const Initializer& kernel_initializer = "glorot_uniform") const;
  // What stands in place of the top: pooling, or nothing.
  KerasTensor pooled(const KerasTensor& x, bool named) const;
  // Average pooling, dropout and classifier; without the top what `pooled` gives.
  KerasTensor head(const KerasTensor& x, const Head& head = {}) const;
  // The model, with the weights of the file when one was given. Throws FileError.
  Model finish(const KerasTensor& x) const;

 private:
  Request request_;
  std::vector<KerasTensor> inputs_;
};

// Blocks that several architectures are made of -------------------------------------------------------------------
KerasTensor relu(const KerasTensor& x, const std::string& name = "");  // an Activation layer
// v rounded to a multiple of 8, at least 8, never below 90 % of v.
std::int64_t to_eights(double v);
// "mobilenet_0.50_224": with alpha and the height of the images.
std::string sized_name(const std::string& name, double alpha, const Shape& image_shape);
// What a convolution with stride 2 needs around the image to see it as TensorFlow's "same" does.
EdgeList correct_pad(const KerasTensor& x, std::int64_t kernel_size);
// The number of channels of x.
inline std::int64_t channels(const KerasTensor& x) { return x.shape().back(); }

}  // namespace cornu::applications
