// Weights in several files: PATH.weights.json says which group of the tree is in which file beside it.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "cornu/core/error.h"
#include "cornu/saving/atomic_file.h"
#include "cornu/saving/config_words.h"
#include "cornu/saving/hdf5_writer.h"
#include "cornu/saving/weight_tree.h"
#include "cornu/saving/weight_tree_file.h"
#include "cornu/saving/weights_readers.h"

namespace cornu::saving {
namespace {

constexpr std::uintmax_t kMaxIndex = std::uintmax_t{64} << 20;

[[noreturn]] void fail(const std::string& path, const std::string& what, const std::string& way_out) {
  throw FileError(cat(cannot_read(path), "  received: ", what, "\n  way out: ", way_out));
}

// The files that the index names. They lie beside it: a name is no path.
std::set<std::string> shard_names(const std::string& path) {
  std::error_code error;
  if (std::filesystem::file_size(path, error) > kMaxIndex || error)
    fail(path, "an index that is too large", "check it");
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  Json index;
  try {
    index = parse_json(text.str(), path);
  } catch (const ValueError& broken) {
    fail(path, cat("an index that is not valid JSON: ", broken.what()), "save the weights again");
  }
  if (!get(index, "weight_map").is_object())
    fail(path, "JSON without \"weight_map\"", "give an index of weights, .weights.json, as Keras writes it");
  std::set<std::string> out;
  for (const auto& [group, files] : index["weight_map"].items())
    for (const Json& file : files.is_array() ? files : Json::array({files})) {
      const std::string name = file.is_string() ? file.get<std::string>() : "";
      if (name.empty() || name.find('/') != std::string::npos || name.find('\\') != std::string::npos || name == "..")
        fail(path, cat("the file name ", dump_json(file)), "names of files beside the index, without a path");
      out.insert(name);
    }
  if (out.empty()) fail(path, "an index of no files", "save the weights again");
  return out;
}

std::uint64_t bytes_of(const LayerWeights& layer) {
  std::uint64_t out = 0;
  for (const NamedTensor& weight : layer.weights) out += weight.value.bytes();
  return out;
}

// Layers one after the other; a layer that is larger than all gets a file of its own.
std::vector<TreePart> parts_of(const ModelFile& file, std::uint64_t limit, std::uint64_t& total) {
  std::vector<TreePart> parts(1);
  std::uint64_t size = 0;
  const auto take = [&](std::uint64_t bytes) {
    if (size > 0 && size + bytes > limit) parts.emplace_back(), size = 0;
    size += bytes;
    total += bytes;
  };
  for (const LayerWeights& layer : file.weights) {
    if (layer.weights.empty()) continue;
    take(bytes_of(layer));
    parts.back().layers.insert(layer.layer);
  }
  if (file.optimizer.empty()) return parts;
  std::uint64_t bytes = 0;
  for (const NamedTensor& slot : file.optimizer) bytes += slot.value.bytes();
  take(bytes);
  parts.back().optimizer = true;
  return parts;
}

}  // namespace

WeightsFile read_weight_shards(const std::string& path, const Json& architecture) {
  std::vector<Hdf5Group> roots;
  for (const std::string& name : shard_names(path))
    roots.push_back(Hdf5File::open((std::filesystem::path(path).parent_path() / name).string()).root());
  return {WeightsFile::kTree, read_weight_tree(roots, architecture, kUnknownVersion), read_tree_optimizer(roots)};
}

void write_weight_shards(const ModelFile& file, const std::string& path, std::uint64_t bytes) {
  if (!ends_with(lower(path), ".weights.json"))
    throw FileError(cat("[save_weights] cannot write '", path,
                        "' in several files.\n  received: max_shard_size and this ",
                        "ending\n  way out: end it in .weights.json"));
  if (bytes == 0) throw ValueError("[save_weights] max_shard_size received: 0\n  expected: a positive size");
  const std::filesystem::path target(path);
  const std::string stem = target.filename().string().substr(0, target.filename().string().size() - 13);
  std::uint64_t total = 0;
  const std::vector<TreePart> parts = parts_of(file, bytes, total);
  Json index = Json::object();
  index["metadata"] = Json{{"total_size", static_cast<double>(total)}};
  index["weight_map"] = Json::object();
  const std::vector<TreeLayer> tree = weight_tree(file.architecture);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    std::string number = std::to_string(i);
    number.insert(0, number.size() < 5 ? 5 - number.size() : 0, '0');
    const std::string name = cat(stem, "_", number, ".weights.h5");
    write_file_atomically((target.parent_path() / name).string(),
                          weight_tree_bytes(file, name, Placement::kDisk, &parts[i]).views());
    const Hdf5Group root = Hdf5File::open((target.parent_path() / name).string()).root();
    for (const TreeLayer& layer : tree)
      for (const TreeNode& node : layer.nodes)
        if (root.has(node.group + "/vars/0")) index["weight_map"][cat("/", node.group, "/vars")] = Json::array({name});
    if (parts[i].optimizer) index["weight_map"]["/optimizer/vars"] = Json::array({name});
  }
  write_file_atomically(path, {dump_json(index, 4)});
}

}  // namespace cornu::saving
