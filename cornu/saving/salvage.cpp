#include "cornu/saving/salvage.h"

#include <algorithm>
#include <set>

#include "cornu/core/error.h"
#include "cornu/saving/checksums.h"
#include "cornu/saving/config_text.h"
#include "cornu/saving/config_words.h"
#include "cornu/saving/hdf5_survey.h"
#include "cornu/saving/raw_model.h"
#include "cornu/saving/read_bytes.h"
#include "cornu/saving/salvage_zip.h"
#include "cornu/saving/scan.h"
#include "cornu/saving/weight_tree_file.h"

namespace cornu::saving {
namespace {

// What `read` gives, or nothing when the file is damaged there.
template <class Read>
auto attempt(const Read& read) -> std::optional<decltype(read())> {
  try {
    return read();
  } catch (const FileError&) {
    return std::nullopt;
  }
}

std::string attribute_text(const Hdf5Group& group, const std::string& name) {
  const auto text = attempt([&] { return group.text(name); });
  return text ? text->value_or("") : "";
}

std::optional<Json> attribute_json(const Hdf5Group& group, const std::string& name, const std::string& shown) {
  const std::string text = attribute_text(group, name);
  if (text.empty()) return std::nullopt;
  return attempt([&] { return parse_config(text, name, shown); });
}

class Salvager {
 public:
  explicit Salvager(std::string shown) : shown_(std::move(shown)) {}

  Salvage from_h5(SharedBytes bytes) {
    const Hdf5File file = Hdf5File::open_damaged(std::move(bytes), shown_);
    collect(file);
    const Hdf5Group root = file.root();
    RawModel raw;
    raw.shown = shown_;
    if (auto config = attribute_json(root, "model_config", shown_)) raw.model_config = std::move(*config);
    raw.training_config = attribute_json(root, "training_config", shown_);
    raw.keras_version = attribute_text(root, "keras_version");
    raw.backend = attribute_text(root, "backend");
    if (raw.model_config.is_null()) {
      result_.lost.insert(result_.lost.begin(), "the architecture");
      return std::move(result_);
    }
    if (const auto group = attempt([&] { return root.group("model_weights"); })) {
      if (raw.keras_version.empty()) raw.keras_version = attribute_text(*group, "keras_version");
      if (raw.backend.empty()) raw.backend = attribute_text(*group, "backend");
      raw.weights = layers_of_group(*group, raw.model_config);
    }
    raw.optimizer = all_or_nothing(root, "optimizer_weights");
    set_model(std::move(raw), nullptr);
    return std::move(result_);
  }

  Salvage from_zip(std::string_view bytes) {
    std::map<std::string, SalvagedMember> members = salvage_zip(bytes, result_.lost);
    std::optional<Hdf5File> file;
    if (const auto weights = members.find("model.weights.h5"); weights != members.end()) {
      const auto image = std::make_shared<const std::string>(std::move(weights->second.bytes));
      file = attempt([&] { return Hdf5File::open_damaged(image, shown_); });
    }
    if (file) collect(*file);
    const auto config = members.find("config.json");
    std::optional<Json> architecture;
    if (config != members.end() && config->second.is_whole)
      architecture = attempt([&] { return parse_config(config->second.bytes, "config.json", shown_); });
    if (!architecture || !architecture->is_object()) {
      result_.lost.insert(result_.lost.begin(), "the architecture");
      return std::move(result_);
    }
    RawModel raw;
    raw.shown = shown_;
    if (const auto metadata = members.find("metadata.json"); metadata != members.end() && metadata->second.is_whole)
      if (const auto json = attempt([&] { return parse_config(metadata->second.bytes, "metadata.json", shown_); }))
        raw.keras_version = get_text(*json, "keras_version");
    if (const Json& compile = get(*architecture, "compile_config"); compile.is_object() && !compile.empty())
      raw.training_config = compile;
    architecture->erase("compile_config");
    raw.model_config = std::move(*architecture);
    const Version version = parse_version(raw.keras_version);
    if (file) raw.optimizer = whole_state(*file);
    set_model(std::move(raw), [&](const Json& upgraded) {
      if (!file) return std::vector<LayerWeights>{};
      return read_weight_tree_damaged(file->root(), upgraded, version);
    });
    return std::move(result_);
  }

 private:
  // Every dataset that can be read, and the names of those that cannot.
  void collect(const Hdf5File& file) {
    const std::string text = attribute_text(file.root(), kChecksumsAttribute);
    const Checksums checksums = text.empty() ? Checksums{} : parse_checksums(text).value_or(Checksums{});
    const hdf5::Survey survey = hdf5::survey(file.image());
    for (const hdf5::SurveyedDataset& dataset : survey.datasets) {
      const auto value = attempt([&] { return read_dataset(file.image(), dataset.address, dataset.path); });
      const auto known = checksums.find(dataset.path);
      if (value && (known == checksums.end() || known->second == checksum_of(*value)))
        result_.tensors.push_back({dataset.path, *value});
      else
        lose(dataset.path);
    }
    for (const hdf5::Survey::Problem& problem : survey.problems) lose(problem.path);
  }

  void lose(const std::string& path) {
    lost_paths_.insert(path);
    result_.lost.push_back(path.empty() ? "the structure of the weights" : path);
  }

  std::optional<std::vector<NamedTensor>> whole_listed(const Hdf5Group& group, const std::string& path, bool all) {
    std::vector<NamedTensor> out;
    const auto texts = attempt([&] { return group.texts("weight_names"); });
    if (!texts || !*texts) return std::nullopt;
    for (const std::string& name : **texts) {
      const std::string full = cat(path, "/", name);
      const auto value = lost_paths_.contains(full) ? std::nullopt : attempt([&] { return group.dataset(name); });
      if (value) {
        out.push_back({name, *value});
      } else if (all) {
        return std::nullopt;
      } else if (!lost_paths_.contains(full)) {
        lose(full);
      }
    }
    return out;
  }

  std::vector<LayerWeights> layers_of_group(const Hdf5Group& group, const Json& architecture) {
    std::vector<std::string> names;
    if (const auto texts = attempt([&] { return group.texts("layer_names"); }); texts && *texts)
      names = **texts;
    else
      for (const Json& layer : layers_of_any(architecture)) names.push_back(layer_name(layer));
    std::vector<LayerWeights> out;
    for (const std::string& name : names) {
      const auto layer = attempt([&] { return group.group(name); });
      const std::string path = cat("model_weights/", name);
      auto weights = layer ? whole_listed(*layer, path, false) : std::nullopt;
      if (!weights && !lost_paths_.contains(path)) lose(path);
      out.push_back({name, std::move(weights).value_or(std::vector<NamedTensor>{})});
    }
    return out;
  }

  static const Json& layers_of_any(const Json& architecture) { return layers_of(architecture); }

  // Of a .keras: its names are numbers, so what is lost at the end would not be missed.
  std::vector<NamedTensor> whole_state(const Hdf5File& file) {
    const bool lost = std::any_of(lost_paths_.begin(), lost_paths_.end(), [](const std::string& path) {
      return path.empty() || starts_with(path, "optimizer");
    });
    auto state = lost ? std::nullopt : attempt([&] { return read_tree_optimizer(file.root()); });
    if (!state) result_.lost.push_back("the optimizer's state, of which a part is missing");
    return std::move(state).value_or(std::vector<NamedTensor>{});
  }

  std::vector<NamedTensor> all_or_nothing(const Hdf5Group& root, const std::string& name) {
    const auto there = attempt([&] { return root.has(name); });
    if (!there || !*there) return {};
    const auto group = attempt([&] { return root.group(name); });
    auto state = group ? whole_listed(*group, name, true) : std::nullopt;
    if (!state) result_.lost.push_back("the optimizer's state, of which a part is missing");
    return std::move(state).value_or(std::vector<NamedTensor>{});
  }

  void set_model(RawModel raw, const WeightsReader& read_weights) {
    try {
      result_.model = upgrade(std::move(raw), read_weights);
    } catch (const Error& error) {
      result_.lost.push_back(cat("the model: ", error.what()));
    } catch (const Json::exception& error) {
      result_.lost.push_back(cat("the model: ", error.what()));
    }
  }

  std::string shown_;
  Salvage result_;
  std::set<std::string> lost_paths_;
};

}  // namespace

Salvage salvage_bytes(SharedBytes bytes, const std::string& shown) {
  const std::string format = format_of(bytes.view);
  if (format == "h5") return Salvager(shown).from_h5(std::move(bytes));
  if (format == "keras") return Salvager(shown).from_zip(bytes.view);
  throw FileError(cat(cannot_read(shown),
                      "  received: ", bytes.view.empty() ? "an empty file" : "a file whose first bytes are of no model",
                      "\n  expected: the beginning of a .h5 or .keras file, however short\n",
                      "  way out: without its beginning nothing of a file can be found; use an older copy"));
}

Salvage salvage_file(const std::string& path) { return salvage_bytes(read_shared_bytes(path), path); }

}  // namespace cornu::saving
