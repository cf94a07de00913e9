#include "cornu/saving/weight_tree.h"

#include <algorithm>
#include <array>
#include <map>

#include "cornu/core/text.h"
#include "cornu/saving/config_words.h"
#include "cornu/saving/quantized.h"
#include "cornu/saving/upgrade_steps.h"

namespace cornu::saving {
namespace {

bool flag(const Json& config, std::string_view key, bool otherwise) {
  const Json& value = get(config, key);
  return value.is_boolean() ? value.get<bool>() : otherwise;
}

struct Owner {
  std::string_view class_name;
  std::string_view names;  // "x?key" belongs to it only when the configuration says key: true
};

constexpr std::array kOwners{
    Owner{"Dense", "kernel bias?use_bias"},
    Owner{"EinsumDense", "kernel bias?bias_axes"},
    Owner{"Embedding", "embeddings"},
    Owner{"BatchNormalization", "gamma?scale beta?center moving_mean moving_variance"},
    Owner{"LayerNormalization", "gamma?scale beta?center"},
    Owner{"GroupNormalization", "gamma?scale beta?center"},
    Owner{"RMSNormalization", "scale"},
    Owner{"Normalization", "mean variance count"},
    Owner{"SpectralNormalization", "kernel vector_u"},
    Owner{"PReLU", "alpha"},
    Owner{"LayerScale", "variable"},
    Owner{"Conv1D", "kernel bias?use_bias"},
    Owner{"Conv2D", "kernel bias?use_bias"},
    Owner{"Conv3D", "kernel bias?use_bias"},
    Owner{"Conv1DTranspose", "kernel bias?use_bias"},
    Owner{"Conv2DTranspose", "kernel bias?use_bias"},
    Owner{"Conv3DTranspose", "kernel bias?use_bias"},
    Owner{"DepthwiseConv1D", "kernel bias?use_bias"},
    Owner{"DepthwiseConv2D", "kernel bias?use_bias"},
    Owner{"SeparableConv1D", "depthwise_kernel pointwise_kernel bias?use_bias"},
    Owner{"SeparableConv2D", "depthwise_kernel pointwise_kernel bias?use_bias"},
    Owner{"LSTMCell", "kernel recurrent_kernel bias?use_bias"},
    Owner{"GRUCell", "kernel recurrent_kernel bias?use_bias"},
    Owner{"SimpleRNNCell", "kernel recurrent_kernel bias?use_bias"},
    Owner{"ConvLSTMCell", "kernel recurrent_kernel bias?use_bias"},
    Owner{"InputLayer", ""},
    Owner{"Activation", ""},
    Owner{"ActivityRegularization", ""},
    Owner{"AlphaDropout", ""},
    Owner{"Dropout", ""},
    Owner{"ELU", ""},
    Owner{"Flatten", ""},
    Owner{"GaussianDropout", ""},
    Owner{"GaussianNoise", ""},
    Owner{"Identity", ""},
    Owner{"LeakyReLU", ""},
    Owner{"Masking", ""},
    Owner{"ReLU", ""},
    Owner{"Rescaling", ""},
    Owner{"Reshape", ""},
    Owner{"Softmax", ""},
    Owner{"SpatialDropout1D", ""},
    Owner{"SpatialDropout2D", ""},
    Owner{"SpatialDropout3D", ""},
    Owner{"UnitNormalization", ""},
    Owner{"AdaptiveAveragePooling1D", ""},
    Owner{"AdaptiveAveragePooling2D", ""},
    Owner{"AdaptiveAveragePooling3D", ""},
    Owner{"AdaptiveMaxPooling1D", ""},
    Owner{"AdaptiveMaxPooling2D", ""},
    Owner{"AdaptiveMaxPooling3D", ""},
    Owner{"AveragePooling1D", ""},
    Owner{"AveragePooling2D", ""},
    Owner{"AveragePooling3D", ""},
    Owner{"Cropping1D", ""},
    Owner{"Cropping2D", ""},
    Owner{"Cropping3D", ""},
    Owner{"GlobalAveragePooling1D", ""},
    Owner{"GlobalAveragePooling2D", ""},
    Owner{"GlobalAveragePooling3D", ""},
    Owner{"GlobalMaxPooling1D", ""},
    Owner{"GlobalMaxPooling2D", ""},
    Owner{"GlobalMaxPooling3D", ""},
    Owner{"MaxPooling1D", ""},
    Owner{"MaxPooling2D", ""},
    Owner{"MaxPooling3D", ""},
    Owner{"UpSampling1D", ""},
    Owner{"UpSampling2D", ""},
    Owner{"UpSampling3D", ""},
    Owner{"ZeroPadding1D", ""},
    Owner{"ZeroPadding2D", ""},
    Owner{"ZeroPadding3D", ""},
    Owner{"Add", ""},
    Owner{"Average", ""},
    Owner{"Concatenate", ""},
    Owner{"CustomScaleLayer", ""},
    Owner{"Dot", ""},
    Owner{"Maximum", ""},
    Owner{"Minimum", ""},
    Owner{"Multiply", ""},
    Owner{"Permute", ""},
    Owner{"RepeatVector", ""},
    Owner{"StochasticDepth", ""},
    Owner{"Subtract", ""},
};

// Fills `owned` from the table.
void set_owned(TreeNode& node, const std::string& class_name, const Json& config) {
  const auto owner =
      std::find_if(kOwners.begin(), kOwners.end(), [&](const Owner& o) { return o.class_name == class_name; });
  node.known = owner != kOwners.end();
  if (!node.known) return;
  // With a mean that is given it has no weights.
  if (class_name == "Normalization" && !get(config, "mean").is_null()) return;
  std::string_view names = owner->names;
  std::string quantized;
  if (const std::string mode = quantization_of(config); !mode.empty() && class_name == "Dense") {
    const Json& block = get(get(get(config, "quantization_config"), "config"), "block_size");
    quantized = quantized_variables(mode, mode != "int4" && block != -1);
    names = quantized;
  }
  const bool rms = flag(config, "rms_scaling", false);  // LayerNormalization then has a scale and no offset
  for (const std::string& entry : split(std::string(names), ' ')) {
    const std::size_t mark = std::min(entry.find('?'), entry.size());
    const std::string name = entry.substr(0, mark);
    const std::string key = mark < entry.size() ? entry.substr(mark + 1) : "";
    bool present = !name.empty() && (key.empty() || flag(config, key, true));
    if (key == "bias_axes") present = !get(config, key).is_null();
    if (rms) present = name == "gamma";
    if (present) node.owned.push_back(name);
  }
}

class TreeBuilder {
 public:
  explicit TreeBuilder(const TreeStyle& style) : style_(style) {}

  std::vector<TreeLayer> layers_of_model(const Json& model, const std::string& group, const std::string& path) {
    std::map<std::string, std::size_t> seen;
    std::vector<TreeLayer> result;
    for (const Json& layer : layers_of(model)) {
      if (!has_entry(model, layer)) continue;
      const std::string name = to_snake_case(class_of(layer));
      std::size_t& count = seen[name];
      TreeLayer tree;
      tree.layer = layer_name(layer);
      add(tree, layer, cat(group, style_.layers, "/", count == 0 ? name : cat(name, "_", count)),
          path.empty() ? tree.layer : cat(path, "/", tree.layer));
      const bool weighty = std::any_of(tree.nodes.begin(), tree.nodes.end(),
                                       [](const TreeNode& node) { return !node.known || !node.owned.empty(); });
      count += style_.counts_twice && weighty ? 2 : 1;
      result.push_back(std::move(tree));
    }
    return result;
  }

 private:
  static bool has_entry(const Json& model, const Json& layer) {
    if (class_of(model) == "Sequential" && class_of(layer) == "InputLayer") return false;
    return !starts_with(get_text(layer, "module"), "keras.src.ops");  // an operation, not a layer
  }

  std::size_t add_node(TreeLayer& tree, const std::string& group, const std::string& name, const std::string& path) {
    tree.nodes.push_back({group, name, path, {}, true});
    tree.variable_order.push_back(tree.nodes.size() - 1);
    return tree.nodes.size() - 1;
  }

  void add(TreeLayer& tree, const Json& layer, const std::string& group, const std::string& path) {
    const std::string class_name = class_of(layer);
    const Json& config = config_of(layer);
    const std::size_t node = add_node(tree, group, layer_name(layer), path);
    if (is_model(layer)) return add_model(tree, layer, group, path);
    if (class_name == "Bidirectional") return add_bidirectional(tree, config, group, path);
    if (class_name == "TimeDistributed") return add_inner(tree, get(config, "layer"), group + "/layer", path);
    if (class_name == "LSTM" || class_name == "GRU" || class_name == "SimpleRNN" || starts_with(class_name, "ConvLSTM"))
      return add_cell(tree, class_name, config, group, path);
    set_owned(tree.nodes[node], class_name, config);
    if (class_name == "SpectralNormalization") add_spectral(tree, node, config, group, path);
  }

  // The wrapper counts the kernel of its layer among its own, so files hold it twice.
  void add_spectral(TreeLayer& tree, std::size_t wrapper, const Json& config, const std::string& group,
                    const std::string& path) {
    const std::size_t inner = tree.nodes.size();
    add_inner(tree, get(config, "layer"), group + "/layer", path);
    if (inner == tree.nodes.size()) return;
    tree.nodes[inner].repeats = wrapper;
    const std::vector<std::string>& owned = tree.nodes[inner].owned;
    tree.nodes[wrapper].owned[0] = cat(tree.nodes[inner].name, "/", owned.empty() ? "kernel" : owned[0]);
  }

  void add_model(TreeLayer& tree, const Json& model, const std::string& group, const std::string& path) {
    for (TreeLayer& inner : layers_of_model(model, group + "/", path)) {
      const std::size_t base = tree.nodes.size();
      for (const std::size_t at : inner.variable_order) tree.variable_order.push_back(base + at);
      for (TreeNode& node : inner.nodes) {
        if (node.repeats) *node.repeats += base;
        tree.nodes.push_back(std::move(node));
      }
    }
  }

  void add_inner(TreeLayer& tree, const Json& layer, const std::string& group, const std::string& path) {
    if (layer.is_object()) add(tree, layer, group, cat(path, "/", layer_name(layer)));
  }

  // Keras writes the attributes in order of their names, but the forward layer's weights come first.
  void add_bidirectional(TreeLayer& tree, const Json& config, const std::string& group, const std::string& path) {
    Json forward = get(config, "layer");
    Json backward = get(config, "backward_layer").is_object() ? get(config, "backward_layer") : forward;
    const std::string inner = layer_name(forward);
    if (!forward.is_object()) return;
    if (!starts_with(inner, "forward_")) forward["config"]["name"] = "forward_" + inner;
    if (!starts_with(layer_name(backward), "backward_")) backward["config"]["name"] = "backward_" + inner;
    const std::vector<std::size_t> before = tree.variable_order;
    add_inner(tree, backward, group + "/backward_layer", path);
    const std::vector<std::size_t> last(tree.variable_order.begin() + static_cast<std::ptrdiff_t>(before.size()),
                                        tree.variable_order.end());
    tree.variable_order = before;
    add_inner(tree, forward, group + "/forward_layer", path);
    tree.variable_order.insert(tree.variable_order.end(), last.begin(), last.end());
  }

  void add_cell(TreeLayer& tree, const std::string& class_name, const Json& config, const std::string& group,
                const std::string& path) {
    const bool convolution = starts_with(class_name, "ConvLSTM");
    const std::string cell_class = convolution ? "ConvLSTMCell" : class_name + "Cell";
    const std::string name = to_snake_case(cell_class);
    const std::size_t node = add_node(tree, group + "/cell", name, cat(path, "/", name));
    set_owned(tree.nodes[node], cell_class, config);
  }

  TreeStyle style_;
};

}  // namespace

std::vector<TreeLayer> weight_tree(const Json& architecture, const TreeStyle& style) {
  return TreeBuilder(style).layers_of_model(architecture, "", "");
}

std::vector<TreeVariable> layer_variables(const Json& layer, const TreeLayer& tree,
                                          const std::vector<std::size_t>& counts) {
  std::vector<TreeVariable> all;
  for (const std::size_t at : tree.variable_order) {
    const TreeNode& node = tree.nodes[at];
    for (std::size_t i = node.repeats ? 1 : 0; i < counts[at]; ++i)
      all.push_back({at, i, cat(node.path, "/", i < node.owned.size() ? node.owned[i] : cat("variable_", i))});
  }
  std::stable_partition(all.begin(), all.end(),
                        [&](const TreeVariable& variable) { return is_trainable(layer, variable.path); });
  return all;
}

}  // namespace cornu::saving
