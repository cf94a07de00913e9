// Weights without an architecture: the tree of Keras 3, the lists of Keras 1 and 2, and what came before 1.0.
#include "cornu/saving/weights_readers.h"

#include <algorithm>

#include "cornu/core/error.h"
#include "cornu/saving/config_words.h"
#include "cornu/saving/hdf5_reader.h"
#include "cornu/saving/raw_model.h"
#include "cornu/saving/weight_tree_file.h"

namespace cornu::saving {
namespace {

template <class Test>
bool any_weight(const std::vector<LayerWeights>& layers, const Test& test) {
  return std::any_of(layers.begin(), layers.end(), [&](const LayerWeights& layer) {
    return std::any_of(layer.weights.begin(), layer.weights.end(), test);
  });
}

// "dense_1_W" has no '/' in it; "dense_1/kernel:0" has. Keras 1 wrote no version.
int dialect_of_weights(const std::string& version, const std::vector<LayerWeights>& layers) {
  if (const int major = parse_version(version).major; major >= 1) return std::min(major, 3);
  return any_weight(layers, [](const NamedTensor& w) { return w.name.find('/') != std::string::npos; }) ? 2 : 1;
}

// Turning kernels needs to know what layer they are of.
void check_names(const std::vector<LayerWeights>& layers, const Json& architecture, const std::string& path) {
  const Json& known = layers_of(architecture);
  for (const LayerWeights& layer : layers) {
    const bool kernel = any_weight({layer}, [](const NamedTensor& w) { return w.value.rank() > 2; });
    const bool named =
        std::any_of(known.begin(), known.end(), [&](const Json& l) { return layer_name(l) == layer.layer; });
    if (kernel && !named)
      throw FileError(
          cat(cannot_read(path), "  received: kernels of \"", layer.layer,
              "\", written by Keras 1 or on Theano\n  expected: the name of a layer of the model, since these "
              "kernels have to be turned\n  way out: name the layers as in the file"));
  }
}

WeightsFile upgraded(std::vector<LayerWeights> layers, const Json& architecture, int dialect, bool theano,
                     const std::string& path) {
  if (theano || dialect == 1) check_names(layers, architecture, path);
  return {WeightsFile::kLegacy, weights_to_3(std::move(layers), architecture, dialect, theano)};
}

WeightsFile read_lists(const Hdf5Group& root, const Json& architecture, const std::string& path) {
  std::vector<LayerWeights> layers = read_legacy_weights(root);
  const int dialect = dialect_of_weights(root.text("keras_version").value_or(""), layers);
  const bool tensorflow =
      any_weight(layers, [](const NamedTensor& w) { return w.name.find(':') != std::string::npos; });
  const std::string backend = root.text("backend").value_or(dialect == 1 && !tensorflow ? "theano" : "tensorflow");
  return upgraded(std::move(layers), architecture, dialect, backend == "theano", path);
}

// Before 1.0: layer_0, layer_1, ... with param_0, ...; every layer of the model has a group. All was Theano.
WeightsFile read_numbered(const Hdf5Group& root, const Json& architecture, const std::string& path) {
  std::vector<LayerWeights> layers;
  for (const Json& layer : layers_of(architecture)) {
    if (class_of(layer) == "InputLayer") continue;
    const std::string group = cat("layer_", layers.size());
    if (!root.has(group)) break;
    const Hdf5Group stored = root.group(group);
    LayerWeights out{layer_name(layer), {}};
    for (std::size_t p = 0; stored.has(cat("param_", p)); ++p)
      out.weights.push_back({cat(out.layer, p == 0   ? "_W"
                                            : p == 1 ? "_b"
                                                     : cat("_param", p)),
                             stored.dataset(cat("param_", p))});
    layers.push_back(std::move(out));
  }
  if (root.has(cat("layer_", layers.size())))
    throw FileError(cat(cannot_read(path), "  received: weights of more than ", layers.size(),
                        " layers\n  expected: one group for each layer of the model, in its order"));
  return upgraded(std::move(layers), architecture, 1, true, path);
}

}  // namespace

std::optional<WeightsFile> read_hdf5_weights(const std::string& path, const Json& architecture) {
  const Hdf5Group root = Hdf5File::open(path).root();
  if (root.has_attribute("model_config")) return std::nullopt;
  if (root.has_attribute("layer_names") || root.has_attribute("layer_names0"))
    return read_lists(root, architecture, path);
  if (root.has_attribute("nb_layers")) return read_numbered(root, architecture, path);
  if (!root.has("layers") && !root.has("_layer_checkpoint_dependencies")) return std::nullopt;
  check_weight_tree(root, architecture, path);
  return WeightsFile{WeightsFile::kTree, read_weight_tree(root, architecture, kUnknownVersion),
                     read_tree_optimizer(root)};
}

}  // namespace cornu::saving
