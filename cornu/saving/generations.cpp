// What older generations compute otherwise than Keras 3 under the same name. It is marked on the upgraded objects, with
// the key "cornu" beside "config" (core/beside.h), so that predicting and training on mean what the writer meant.
#include "cornu/core/beside.h"
#include "cornu/core/error.h"
#include "cornu/saving/config_words.h"
#include "cornu/saving/upgrade_steps.h"

namespace cornu::saving {
namespace {

// Multi-backend Keras from 2.1.3 on corrects the variance itself; on TensorFlow the kernel of 2-D inputs had done so.
Json meaning_of_normalization(const Writer& writer) {
  if (writer.tf_keras) return Json{{"fused_ranks", {4, 5}}};
  if (writer.version < Version{2, 1, 3} || writer.backend == "cntk") return nullptr;
  Json result = Json::object();
  if (writer.backend != "theano") result["fused_ranks"] = Json::array({4});
  result["sample_variance"] = true;
  return result;
}

bool all_ones_and_odd(const Json& config) {
  for (const Json& stride : get(config, "strides"))
    if (stride != 1) return false;
  for (const Json& size : get(config, "kernel_size"))
    if (size.is_number_integer() && size.get<std::int64_t>() % 2 == 0) return false;
  return true;
}

void mark_theano_layers(Json& value, std::vector<std::string>& refused) {
  const std::string class_name = class_of(value);
  const Json& config = config_of(value);
  if (get_text(config, "padding") == "same") {
    const bool convolution = class_name == "Conv1D" || class_name == "Conv2D" || class_name == "Conv3D";
    if (convolution && !all_ones_and_odd(config)) value[kBeside] = Json{{"half_padding", true}};
    if (class_name.find("Pooling") != std::string::npos || class_name == "Conv2DTranspose")
      refused.push_back(cat(class_name, " \"", layer_name(value), "\" with padding \"same\""));
  }
  if (value.is_structured())
    for (Json& item : value) mark_theano_layers(item, refused);
}

bool mark_layers(Json& value, const Json& meaning) {
  bool found = false;
  if (class_of(value) == "BatchNormalization" && !value.contains(kBeside)) {
    value[kBeside] = meaning;
    found = true;
  }
  if (value.is_structured())
    for (Json& item : value) found |= mark_layers(item, meaning);
  return found;
}

// A loss of that name, alone or in a list or dict by outputs.
bool mark_binary_crossentropy(Json& loss) {
  if (loss.is_string()) {
    const std::string name = loss.get<std::string>();
    if (name != "binary_crossentropy" && name != "bce" && name != "BCE") return false;
    loss = keras_object("keras.losses", "BinaryCrossentropy",
                        Json{{"name", "binary_crossentropy"},
                             {"reduction", "sum_over_batch_size"},
                             {"from_logits", false},
                             {"label_smoothing", 0.0},
                             {"axis", -1}});
  }
  if (loss.is_object() && loss.contains("class_name")) {
    if (class_of(loss) != "BinaryCrossentropy") return false;
    loss[kBeside] = Json{{"epsilon_inside_log", true}};
    return true;
  }
  bool found = false;
  if (loss.is_structured())
    for (Json& item : loss) found |= mark_binary_crossentropy(item);
  return found;
}

}  // namespace

void mark_normalization(Json& architecture, const Writer& writer, Notes& notes) {
  const Json meaning = meaning_of_normalization(writer);
  if (meaning.is_null() || !mark_layers(architecture, meaning)) return;
  add_note(notes,
           "BatchNormalization: the writer's generation moves the variance by more than the batch's own, n / (n - 1) "
           "times; this is kept when training goes on (\"cornu\" beside the layer's config), where Keras 3 would not.");
}

void mark_theano(Json& architecture, const std::string& shown) {
  std::vector<std::string> refused;
  mark_theano_layers(architecture, refused);
  if (refused.empty()) return;
  throw FileError(
      cat(cannot_read(shown), "  received: a file written on Theano, which pads these layers in its own way: ",
          join(refused, ", "), "\n  expected: padding \"valid\", or a convolution\n  way out: open the file ",
          "with Keras 2.2 on Theano; no other backend computes the same"));
}

void mark_losses(Json& loss, const Writer& writer, Notes& notes) {
  if (!writer.tf_keras || !mark_binary_crossentropy(loss)) return;
  add_note(notes,
           "binary_crossentropy: the writer's generation adds epsilon inside the logarithm; this is kept (\"cornu\" "
           "beside the loss's config), where Keras 3 would not.");
}

}  // namespace cornu::saving
