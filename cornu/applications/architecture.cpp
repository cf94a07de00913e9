#include "cornu/applications/architecture.h"

#include <cstdio>
#include <set>

#include "cornu/layers/core/activation.h"
#include "cornu/layers/core/dense.h"
#include "cornu/layers/core/input_layer.h"
#include "cornu/layers/node.h"
#include "cornu/layers/pooling/global_pooling.h"
#include "cornu/layers/regularization/dropout.h"

namespace cornu::applications {
namespace {

// The inputs of the model in which the tensor stands.
void find_sources(const KerasTensor& x, std::set<const Node*>& seen, std::vector<KerasTensor>& out) {
  if (!seen.insert(x.node().get()).second) return;
  if (x.node()->inputs.empty()) out.push_back(x);
  for (const KerasTensor& input : x.node()->inputs) find_sources(input, seen, out);
}

}  // namespace

Architecture::Architecture(Request request, const std::string& file, const std::string& file_no_top)
    : request_(std::move(request)) {
  const std::string& weights = request_.weights;
  if (weights == "imagenet") {
    const std::string& address = include_top() ? file : file_no_top;
    throw ValueError(cat("[", request_.builder,
                         "] weights received: \"imagenet\"\n  expected: \"\" for random ones, or the path of a file\n"
                         "  this library downloads nothing: fetch ",
                         address, " and give its path"));
  }
  if (const std::string& p = request_.pooling; !p.empty() && p != "avg" && p != "max")
    fail(cat("pooling=\"", p, "\""), "\"\", \"avg\" or \"max\"");
  if (classes() < 1) fail(cat("classes=", classes()), "at least 1");
  const Json activation = classifier_activation().serialize();
  if (!weights.empty() && include_top() && activation != "softmax" && activation != "linear")
    fail(cat("classifier_activation=", dump_json(activation), " with weights from a file"), "\"softmax\" or {}");
}

void Architecture::fail(const std::string& received, const std::string& expected) const {
  throw ValueError(cat("[", request_.builder, "] received: ", received, "\n  expected: ", expected));
}

Shape Architecture::image_shape(std::int64_t default_size, std::int64_t min_size) const {
  Shape shape = include_top() ? Shape{default_size, default_size, 3} : Shape{-1, -1, 3};
  if (request_.input_shape) shape = *request_.input_shape;
  if (shape.rank() != 3) fail(cat("input_shape=", shape), "(height, width, channels)");
  for (int i = 0; i < 2; ++i) {
    if (shape[i] >= 0 && shape[i] < min_size)
      fail(cat("input_shape=", shape), cat("an image of at least ", min_size, " x ", min_size));
    if (shape[i] < 0 && include_top()) fail(cat("input_shape=", shape, " with include_top"), "known sizes");
  }
  if (shape[2] < 1) fail(cat("input_shape=", shape), "a known number of channels");
  return shape;
}

KerasTensor Architecture::begin(const Shape& image_shape) {
  const KerasTensor& given = request_.input_tensor;
  if (!given) {
    inputs_ = {layers::Input(image_shape)};
    return inputs_[0];
  }
  if (given.shape().rank() != 4) fail(cat("input_tensor of shape ", given.shape()), "(batch, height, width, channels)");
  std::set<const Node*> seen;
  find_sources(given, seen, inputs_);
  return given;
}

KerasTensor Architecture::predictions(const KerasTensor& x, const Initializer& kernel_initializer) const {
  return layers::Dense(
      classes(),
      {.activation = classifier_activation(), .kernel_initializer = kernel_initializer, .name = "predictions"})(x);
}

KerasTensor Architecture::pooled(const KerasTensor& x, bool named) const {
  if (request_.pooling == "avg") return layers::GlobalAveragePooling2D({.name = named ? "avg_pool" : ""})(x);
  if (request_.pooling == "max") return layers::GlobalMaxPooling2D({.name = named ? "max_pool" : ""})(x);
  return x;
}

KerasTensor Architecture::head(const KerasTensor& x, const Head& head) const {
  if (!include_top()) return pooled(x, head.named_pooling);
  KerasTensor y = layers::GlobalAveragePooling2D({.name = head.top_pool})(x);
  if (head.dropout > 0) y = layers::Dropout(head.dropout, {.name = "top_dropout"})(y);
  return predictions(y, head.kernel_initializer);
}

Model Architecture::finish(const KerasTensor& x) const {
  const OneOrMany<KerasTensor> inputs = inputs_.size() == 1 ? OneOrMany<KerasTensor>(inputs_[0]) : inputs_;
  Model model(inputs, x, name());
  if (!request_.weights.empty()) model.load_weights(request_.weights);
  return model;
}

KerasTensor relu(const KerasTensor& x, const std::string& name) {
  return layers::Activation("relu", {.name = name})(x);
}

std::int64_t to_eights(double v) {
  const auto rounded = std::max<std::int64_t>(8, static_cast<std::int64_t>(v + 4) / 8 * 8);
  return static_cast<double>(rounded) < 0.9 * v ? rounded + 8 : rounded;
}

std::string sized_name(const std::string& name, double alpha, const Shape& image_shape) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", alpha);
  return cat(name, "_", text, "_", image_shape[0] < 0 ? "None" : std::to_string(image_shape[0]));
}

EdgeList correct_pad(const KerasTensor& x, std::int64_t kernel_size) {
  const std::int64_t after = kernel_size / 2;
  const auto before = [&](std::int64_t size) { return size < 0 ? after - 1 : after - (1 - size % 2); };
  if (x.shape()[1] < 0) return {Edge(after - 1, after), Edge(after - 1, after)};
  return {Edge(before(x.shape()[1]), after), Edge(before(x.shape()[2]), after)};
}

}  // namespace cornu::applications
