// The layout of `model.save("x.h5")`: JSON in attributes of the root, one group a layer under model_weights.
#include <charconv>

#include "cornu/core/error.h"
#include "cornu/saving/config_text.h"
#include "cornu/saving/raw_model.h"

namespace cornu::saving {
namespace {

std::vector<NamedTensor> read_listed(const Hdf5Group& group) {
  std::vector<NamedTensor> result;
  for (const std::string& name : group.texts("weight_names").value_or(std::vector<std::string>{}))
    result.push_back({name, group.dataset(name)});
  return result;
}

// What a file without `model_config` probably is, so that the message can say what to do.
[[noreturn]] void no_model_config(const Hdf5Group& root, const std::string& shown) {
  const bool weights_only =
      root.has_attribute("layer_names") || root.has_attribute("layer_names0") || root.has("layers") || root.has("vars");
  throw FileError(cat(cannot_read(shown), "  received: an HDF5 file ",
                      weights_only ? "with weights only (no attribute 'model_config')"
                                   : "that Keras did not write (no attribute 'model_config')",
                      "\n", "  expected: a whole model, as model.save() writes it\n", "  way out: ",
                      weights_only ? "build the model and load these weights into it: model.load_weights(...)"
                                   : "give a file that was written by Keras or Cornu"));
}

}  // namespace

Version parse_version(const std::string& text) {
  Version version;
  const char* at = text.data();
  const char* const end = at + text.size();
  for (int* part : {&version.major, &version.minor, &version.patch}) {
    const auto [next, error] = std::from_chars(at, end, *part);
    if (error != std::errc{} || next == end || *next != '.') break;
    at = next + 1;
  }
  return version;
}

bool is_tf_keras(const std::string& text) {
  const Version version = parse_version(text);
  return version.major == 2 && (ends_with(text, "-tf") || version >= Version{2, 4, 0});
}

std::vector<LayerWeights> read_legacy_weights(const Hdf5Group& group) {
  std::vector<LayerWeights> out;
  for (const std::string& layer : group.texts("layer_names").value_or(std::vector<std::string>{}))
    out.push_back({layer, read_listed(group.group(layer))});
  return out;
}

RawModel read_legacy_h5(const Hdf5File& file, const std::string& shown) {
  const Hdf5Group root = file.root();
  RawModel raw;
  raw.shown = shown;
  const std::optional<std::string> config = root.text("model_config");
  if (!config) no_model_config(root, shown);
  raw.model_config = parse_config(*config, "attribute 'model_config'", shown);
  if (const auto training = root.text("training_config"))
    raw.training_config = parse_config(*training, "attribute 'training_config'", shown);

  const Hdf5Group weights = root.group("model_weights");
  raw.keras_version = root.text("keras_version").value_or(weights.text("keras_version").value_or(""));
  raw.backend = root.text("backend").value_or(weights.text("backend").value_or(""));
  raw.weights = read_legacy_weights(weights);
  if (root.has("optimizer_weights")) raw.optimizer = read_listed(root.group("optimizer_weights"));
  return raw;
}

}  // namespace cornu::saving
