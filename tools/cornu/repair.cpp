// cornu repair: a model out of what is whole in a file that was cut off or damaged.
#include <algorithm>
#include <filesystem>

#include "cornu/data/npy.h"
#include "cornu/models/from_file.h"
#include "cornu/saving/salvage.h"
#include "tools/cornu/command.h"
#include "tools/cornu/loading.h"
#include "tools/cornu/output.h"

namespace cornu::tool {
namespace {

struct RepairWords {
  std::string input, output;
};

std::string last_part(const std::string& path) { return path.substr(path.rfind('/') + 1); }

const saving::LayerWeights* find_group(const saving::ModelFile& file, const std::string& layer) {
  for (const saving::LayerWeights& group : file.weights)
    if (group.layer == layer) return &group;
  return nullptr;
}

// The whole tensor for a weight of the freshly built layer: by place when none of the layer is lost, else by name.
const Tensor* find_whole(const saving::LayerWeights& fresh, std::size_t i, const saving::LayerWeights* whole) {
  if (whole == nullptr) return nullptr;
  const saving::NamedTensor& wanted = fresh.weights[i];
  const saving::NamedTensor* found = nullptr;
  const auto find = [&](const auto& fits) {
    const auto at = std::find_if(whole->weights.begin(), whole->weights.end(), fits);
    if (found == nullptr && at != whole->weights.end()) found = &*at;
  };
  if (whole->weights.size() == fresh.weights.size()) found = &whole->weights[i];
  find([&](const saving::NamedTensor& candidate) { return candidate.name == wanted.name; });
  // Files of weights that are named otherwise; two of one last name are told apart by nothing.
  const auto same_end = [&](const saving::NamedTensor& candidate) {
    return last_part(candidate.name) == last_part(wanted.name);
  };
  if (std::count_if(fresh.weights.begin(), fresh.weights.end(), same_end) == 1) find(same_end);
  return found != nullptr && found->value.shape() == wanted.value.shape() ? &found->value : nullptr;
}

// A whole model, in which lost weights have the values that a new model begins with.
void write_model(const saving::Salvage& salvage, const std::string& path, std::vector<std::string>& fresh_names) {
  saving::ModelFile file = models::file_from_network(models::network_from_config(salvage.model->architecture));
  for (saving::LayerWeights& group : file.weights) {
    const saving::LayerWeights* whole = find_group(*salvage.model, group.layer);
    for (std::size_t i = 0; i < group.weights.size(); ++i) {
      if (const Tensor* value = find_whole(group, i, whole))
        group.weights[i].value = *value;
      else
        fresh_names.push_back(group.weights[i].name);
    }
  }
  file.backend = salvage.model->backend;
  file.compile_config = salvage.model->compile_config;
  // Slots that belong to values which are no more would drive new ones astray.
  if (fresh_names.empty()) file.optimizer = salvage.model->optimizer;
  saving::write_model_file(file, path);
}

void repair(const RepairWords& words) {
  check_ending(words.output, {".h5", ".hdf5", ".keras", ".json", ".npz"}, "OUT");
  check_writable(words.output);
  std::error_code ignored;
  if (std::filesystem::equivalent(words.input, words.output, ignored))
    throw UsageError(
        cat("OUT received: '", words.output, "', which is IN\n  expected: another file; IN is never touched"));
  const saving::Salvage salvage = saving::salvage_file(words.input);
  const std::string name = lower(words.output);
  std::vector<std::string> fresh;
  if (ends_with(name, ".npz")) {
    if (salvage.tensors.empty())
      throw FileError(cat("nothing to repair in '", words.input, "'\n  received: a file without one whole tensor\n",
                          "  way out: an older copy"));
    std::vector<data::NamedArray> arrays;
    for (const saving::NamedTensor& tensor : salvage.tensors) arrays.push_back({tensor.name, tensor.value});
    data::save_npz(words.output, arrays);
  } else if (!salvage.model) {
    throw FileError(cat("no model can be made of '", words.input,
                        "'\n  received: a file whose architecture is lost, and ", salvage.tensors.size(),
                        " whole tensors\n  way out: ",
                        salvage.tensors.empty() ? "an older copy" : "give OUT the ending .npz for the tensors"));
  } else if (ends_with(name, ".json")) {
    write_text(words.output, dump_json(salvage.model->architecture));
  } else {
    write_model(salvage, words.output, fresh);
  }
  std::string out = cat(words.output, ": ", salvage.tensors.size(), " whole tensors, architecture ",
                        salvage.model ? "whole" : "lost", ", ", salvage.lost.size(), " lost\n");
  for (const std::string& lost : salvage.lost) out += cat("  lost: ", lost, "\n");
  for (const std::string& weight : fresh) out += cat("  fresh values: ", weight, "\n");
  print(out);
}

}  // namespace

void add_repair(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("repair", "writes what is whole in a model file that is cut off or damaged");
  const auto words = std::make_shared<RepairWords>();
  command->add_option("IN", words->input, "a damaged .h5, .hdf5 or .keras file; it is never touched")->required();
  command
      ->add_option("OUT", words->output,
                   "a model (.h5, .keras; lost weights get fresh values), the architecture (.json) or every whole "
                   "tensor (.npz)")
      ->required();
  command->callback([&action, words] { action = [words] { repair(*words); }; });
}

}  // namespace cornu::tool
