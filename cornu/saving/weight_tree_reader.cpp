// Reading Keras 3's weight tree, of which the architecture says where everything is.
#include <algorithm>
#include <set>

#include "cornu/core/error.h"
#include "cornu/saving/config_words.h"
#include "cornu/saving/weight_tree.h"
#include "cornu/saving/weight_tree_file.h"

namespace cornu::saving {
namespace {

using Roots = std::vector<Hdf5Group>;

// The variables "0", "1", ... of a group's "vars", wherever they are.
std::vector<Tensor> read_variables(const Roots& roots, const std::string& group) {
  std::vector<Tensor> result;
  const std::string path = group.empty() ? "vars" : group + "/vars";
  std::vector<std::pair<Hdf5Group, std::set<std::string>>> holders;
  for (const Hdf5Group& root : roots) {
    if (!root.has(path)) continue;
    // By name, not by has(): a link that leads out of the file must be refused, not taken for the end.
    const std::vector<std::string> members = root.group(path).members();
    holders.emplace_back(root.group(path), std::set<std::string>(members.begin(), members.end()));
  }
  const auto holder = [&] {
    return std::find_if(holders.begin(), holders.end(),
                        [&](const auto& vars) { return vars.second.contains(cat(result.size())); });
  };
  for (auto vars = holder(); vars != holders.end(); vars = holder())
    result.push_back(vars->first.dataset(cat(result.size())));
  return result;
}

// A class that the table does not know may keep its variables in objects below it.
void discover(const Hdf5Group& root, TreeLayer& tree, const std::string& group, const std::string& path, int depth) {
  constexpr int kMaxDepth = 16;
  constexpr std::size_t kMaxNodes = 1 << 16;
  if (depth > kMaxDepth || tree.nodes.size() > kMaxNodes || !root.has(group)) return;
  for (const std::string& member : root.group(group).members()) {
    if (member == "vars") continue;
    const std::string inner = cat(group, "/", member);
    if (!root.has(inner + "/vars")) {
      discover(root, tree, inner, path, depth + 1);
      continue;
    }
    const std::string name = root.group(inner + "/vars").text("name").value_or(member);
    tree.variable_order.push_back(tree.nodes.size());
    tree.nodes.push_back({inner, name, cat(path, "/", name), {}, false});
    discover(root, tree, inner, cat(path, "/", name), depth + 1);
  }
}

LayerWeights read_layer(const Roots& roots, const Json& layer, TreeLayer tree) {
  if (tree.nodes.size() == 1 && !tree.nodes[0].known)
    for (const Hdf5Group& root : roots) discover(root, tree, tree.nodes[0].group, tree.nodes[0].path, 0);
  std::vector<std::vector<Tensor>> values;
  std::vector<std::size_t> counts;
  for (const TreeNode& node : tree.nodes) {
    values.push_back(read_variables(roots, node.group));
    counts.push_back(values.back().size());
  }
  LayerWeights result{tree.layer, {}};
  for (const TreeVariable& variable : layer_variables(layer, tree, counts))
    result.weights.push_back({variable.path, values[variable.node][variable.index]});
  return result;
}

const Json& find_layer(const Json& architecture, const std::string& name) {
  const Json& layers = layers_of(architecture);
  const auto found = std::find_if(layers.begin(), layers.end(), [&](const Json& l) { return layer_name(l) == name; });
  return found == layers.end() ? architecture : *found;
}

TreeStyle style_of(const Hdf5Group& root, const Version& version) {
  if (root.has("_layer_checkpoint_dependencies"))
    return {"_layer_checkpoint_dependencies", version < Version{2, 13, 0}};
  return {};
}

}  // namespace

std::vector<LayerWeights> read_weight_tree_damaged(const Hdf5Group& root, const Json& architecture,
                                                   const Version& version) {
  std::vector<LayerWeights> result;
  TreeStyle style;
  try {
    style = style_of(root, version);
  } catch (const FileError&) {
    return result;
  }
  for (const TreeLayer& tree : weight_tree(architecture, style)) {
    LayerWeights layer{tree.layer, {}};
    // By the names that the architecture gives; a class that the table does not know has none.
    for (const std::size_t at : tree.variable_order) {
      const TreeNode& node = tree.nodes[at];
      for (std::size_t i = node.repeats ? 1 : 0; i < node.owned.size(); ++i) try {
          layer.weights.push_back({cat(node.path, "/", node.owned[i]), root.dataset(cat(node.group, "/vars/", i))});
        } catch (const FileError&) {
          continue;  // it is lost
        }
    }
    result.push_back(std::move(layer));
  }
  return result;
}

std::vector<LayerWeights> read_weight_tree(const Roots& roots, const Json& architecture, const Version& version) {
  std::vector<LayerWeights> result;
  for (TreeLayer& tree : weight_tree(architecture, style_of(roots.at(0), version))) {
    const Json& layer = find_layer(architecture, tree.layer);
    result.push_back(read_layer(roots, layer, std::move(tree)));
  }
  return result;
}

std::vector<LayerWeights> read_weight_tree(const Hdf5Group& root, const Json& architecture, const Version& version) {
  return read_weight_tree(Roots{root}, architecture, version);
}

void check_weight_tree(const Hdf5Group& root, const Json& architecture, const std::string& shown) {
  const TreeStyle style = style_of(root, kUnknownVersion);
  std::set<std::string> known;
  for (const TreeLayer& tree : weight_tree(architecture, style)) known.insert(tree.nodes.at(0).group);
  for (const std::string& member : root.group(style.layers).members())
    if (const std::string group = cat(style.layers, "/", member); !known.contains(group) && root.has(group + "/vars/0"))
      throw FileError(cat(cannot_read(shown), "  received: weights at '", group,
                          "', which no layer of the model takes\n",
                          "  expected: the weights of a model of the same architecture"));
}

std::vector<NamedTensor> read_tree_optimizer(const Hdf5Group& root) { return read_tree_optimizer(Roots{root}); }

std::vector<NamedTensor> read_tree_optimizer(const Roots& roots) {
  std::vector<NamedTensor> result;
  for (Tensor& value : read_variables(roots, "optimizer"))
    result.push_back({cat("optimizer/", result.size()), std::move(value)});
  return result;
}

}  // namespace cornu::saving
