// Writing Keras 3's weight tree.
#include <algorithm>

#include "cornu/core/error.h"
#include "cornu/saving/config_words.h"
#include "cornu/saving/hdf5_writer.h"
#include "cornu/saving/weight_tree.h"
#include "cornu/saving/weight_tree_file.h"

namespace cornu::saving {
namespace {

class TreeWriter {
 public:
  TreeWriter(const ModelFile& file, const std::string& shown, Hdf5Writer& writer, const TreePart* part)
      : file_(file), shown_(shown), writer_(writer), part_(part) {}

  void write() {
    write_group("", layer_name(file_.architecture), {});
    for (const TreeLayer& tree : weight_tree(file_.architecture))
      if (!part_ || part_->layers.contains(tree.layer)) write_layer(tree);
    if (part_ && !part_->optimizer) return;
    const Json& optimizer = file_.compile_config ? get(*file_.compile_config, "optimizer") : file_.architecture;
    if (file_.optimizer.empty() || !file_.compile_config) return;
    std::vector<const Tensor*> values;
    for (const NamedTensor& variable : file_.optimizer) values.push_back(&variable.value);
    write_optimizer("optimizer", optimizer, values);
  }

 private:
  void write_group(const std::string& group, const std::string& name, const std::vector<const Tensor*>& values) {
    if (part_ && values.empty()) return;
    const std::string vars = group.empty() ? "vars" : group + "/vars";
    writer_.create_group(vars);
    if (!name.empty()) writer_.set_text(vars, "name", name, Charset::kUtf8);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::string path = cat(vars, "/", i);
      writer_.write_dataset(path, *values[i]);
      // HDF5 has no bfloat16: Keras marks the opaque bytes.
      if (values[i]->dtype() == bfloat16) writer_.set_text(path, "dtype", "bfloat16", Charset::kUtf8);
    }
  }

  // An optimizer around another one holds the state of both, and the other one's again.
  void write_optimizer(const std::string& group, const Json& optimizer, const std::vector<const Tensor*>& values) {
    write_group(group, get_text(config_of(optimizer), "name", to_snake_case(class_of(optimizer))), values);
    constexpr std::ptrdiff_t kOwn = 4;  // iteration, learning_rate, step_counter, dynamic_scale
    const Json& inner = get(config_of(optimizer), "inner_optimizer");
    if (inner.is_object() && values.size() > kOwn)
      write_optimizer(group + "/inner_optimizer", inner, {values.begin() + kOwn, values.end()});
  }

  void write_layer(const TreeLayer& tree) {
    const auto found = std::find_if(file_.weights.begin(), file_.weights.end(),
                                    [&](const LayerWeights& layer) { return layer.layer == tree.layer; });
    const std::vector<NamedTensor> nothing;
    const std::vector<NamedTensor>& weights = found == file_.weights.end() ? nothing : found->weights;
    std::vector<std::vector<const Tensor*>> values;
    for (const std::size_t count : counts(tree, weights.size())) values.emplace_back(count);
    std::vector<std::size_t> sizes;
    for (const auto& node : values) sizes.push_back(node.size());
    const std::vector<TreeVariable> variables = layer_variables(find_layer(tree.layer), tree, sizes);
    for (std::size_t i = 0; i < variables.size(); ++i)
      values[variables[i].node][variables[i].index] = &weights[i].value;
    for (std::size_t node = 0; node < tree.nodes.size(); ++node)
      if (tree.nodes[node].repeats && !values[node].empty()) values[node][0] = values[*tree.nodes[node].repeats].at(0);
    for (std::size_t node = 0; node < tree.nodes.size(); ++node)
      write_group(tree.nodes[node].group, tree.nodes[node].name, values[node]);
  }

  // How many variables each node gets. One node of an unknown class takes what the others leave.
  std::vector<std::size_t> counts(const TreeLayer& tree, std::size_t available) const {
    std::vector<std::size_t> result;
    std::size_t known = 0;
    std::vector<std::size_t> unknown;
    for (std::size_t i = 0; i < tree.nodes.size(); ++i) {
      if (!tree.nodes[i].known) unknown.push_back(i);
      result.push_back(tree.nodes[i].owned.size());
      known += result.back();
    }
    for (const TreeNode& node : tree.nodes) known -= node.repeats ? 1 : 0;
    if (unknown.size() == 1 && available >= known)
      result[unknown[0]] = available - known;
    else if (known != available)
      throw FileError(cat("[save] cannot write '", shown_, "'.\n", "  received: layer '", tree.layer, "' with ",
                          available, " weights; its configuration speaks of ", known, "\n",
                          "  way out: save as .h5, which stores the weights of a layer as one list"));
    return result;
  }

  const Json& find_layer(const std::string& name) const {
    const Json& layers = layers_of(file_.architecture);
    return *std::find_if(layers.begin(), layers.end(), [&](const Json& layer) { return layer_name(layer) == name; });
  }

  const ModelFile& file_;
  const std::string& shown_;
  Hdf5Writer& writer_;
  const TreePart* part_;
};

}  // namespace

Pieces weight_tree_bytes(const ModelFile& file, const std::string& shown, Placement placement, const TreePart* part) {
  Hdf5Writer writer(shown, placement);
  TreeWriter(file, shown, writer, part).write();
  return writer.finish();
}

}  // namespace cornu::saving
