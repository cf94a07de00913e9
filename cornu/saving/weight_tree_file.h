// Keras 3's weight tree as a file: model.weights.h5 inside of a .keras, or .weights.h5 on its own.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "cornu/saving/hdf5_reader.h"
#include "cornu/saving/pieces.h"
#include "cornu/saving/raw_model.h"

namespace cornu::saving {

enum class Placement;  // hdf5_writer.h, which readers need not know

// One entry for each layer of the architecture (in Keras 3's form), without weights where the file has none for it.
// `version` is that of the Keras that wrote it: 2.12 counted otherwise. A file of weights alone does not say it.
inline constexpr Version kUnknownVersion{2, 13, 0};
std::vector<LayerWeights> read_weight_tree(const Hdf5Group& root, const Json& architecture, const Version& version);
// The same of a file that is cut off: variables that cannot be read are left out.
std::vector<LayerWeights> read_weight_tree_damaged(const Hdf5Group& root, const Json& architecture,
                                                   const Version& version);
// The same from several files that hold parts of one tree.
std::vector<LayerWeights> read_weight_tree(const std::vector<Hdf5Group>& roots, const Json& architecture,
                                           const Version& version);
std::vector<NamedTensor> read_tree_optimizer(const std::vector<Hdf5Group>& roots);
// Throws FileError when the file holds weights of a layer that the architecture does not have.
void check_weight_tree(const Hdf5Group& root, const Json& architecture, const std::string& shown);
// The tree numbers the optimizer's variables; names follow from the slots' order.
std::vector<NamedTensor> read_tree_optimizer(const Hdf5Group& root);

// Which part of a tree a file holds: layers by name, and the optimizer.
struct TreePart {
  std::set<std::string> layers;
  bool optimizer = false;
};
// The bytes of the file. `shown` names the target in messages. With `part`, only groups that hold variables.
Pieces weight_tree_bytes(const ModelFile& file, const std::string& shown, Placement placement,
                         const TreePart* part = nullptr);

}  // namespace cornu::saving
