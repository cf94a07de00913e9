// Reading .keras: a zip with config.json, metadata.json and model.weights.h5, all of it data that may be hostile.
#include <filesystem>

#include "cornu/core/error.h"
#include "cornu/core/judge_only.h"
#include "cornu/saving/config_text.h"
#include "cornu/saving/config_words.h"
#include "cornu/saving/hdf5_reader.h"
#include "cornu/saving/raw_model.h"
#include "cornu/saving/read_bytes.h"
#include "cornu/saving/weight_tree_file.h"
#include "cornu/saving/writers.h"
#include "cornu/saving/zip_archive.h"

namespace cornu::saving {
namespace {

constexpr std::uint64_t kMaxWeights = std::uint64_t{256} << 30;  // only a compressed member could claim more
constexpr const char* kWayOut = "give a .keras file that Keras 2.12 or later saved";

// Under "mixed_float16" Keras's compile() puts a LossScaleOptimizer around the optimizer. Its files name the one
// inside, and hold the state of both.
void name_loss_scale_optimizer(Json& compile, const Hdf5Group& root) {
  if (!root.has("optimizer/inner_optimizer")) return;
  Json& optimizer = compile["optimizer"];
  if (!optimizer.is_object() || class_of(optimizer) == "LossScaleOptimizer") return;
  optimizer = keras_object("keras.optimizers", "LossScaleOptimizer",
                           Json{{"name", "loss_scale_optimizer"},
                                {"inner_optimizer", optimizer},
                                {"initial_scale", 32768.0},
                                {"dynamic_growth_steps", 2000}});
}

// What a zip and a folder have in common.
ModelFile assemble(const std::string& shown, Json config, const std::optional<std::string>& metadata,
                   const SharedBytes& weights) {
  RawModel raw;
  raw.shown = shown;
  try {
    if (metadata) raw.keras_version = get_text(parse_config(*metadata, "metadata.json", shown), "keras_version");
  } catch (const FileError&) {
    // Only the version is lost; the configuration tells the generation too.
  }
  if (const Json& compile = get(config, "compile_config"); compile.is_object() && !compile.empty())
    raw.training_config = compile;
  if (config.is_object()) config.erase("compile_config");
  raw.model_config = std::move(config);

  const Hdf5File file = Hdf5File::open_image(weights, shown + ": model.weights.h5");
  const Hdf5Group root = file.root();
  if constexpr (!kJudgeOnly) {
    raw.optimizer = read_tree_optimizer(root);
    if (raw.training_config) name_loss_scale_optimizer(*raw.training_config, root);
  }
  // The groups are named after classes and so need the configuration in Keras 3's form first.
  const Version version = parse_version(raw.keras_version);
  ModelFile result =
      upgrade(std::move(raw), [&](const Json& architecture) { return read_weight_tree(root, architecture, version); });
  result.format = Format::kKerasZip;
  return result;
}

ModelFile read_archive(const ZipArchive& archive, const std::string& shown) {
  archive.check_entries();
  const std::optional<std::string> config_text = archive.read("config.json", kMaxConfigBytes);
  if (!config_text) archive.fail("a zip archive without 'config.json'", kWayOut);
  Json config = parse_config(*config_text, "'config.json'", shown);
  const std::optional<std::string> metadata = archive.read("metadata.json", kMaxConfigBytes);
  const std::optional<SharedBytes> weights = archive.read_shared("model.weights.h5", kMaxWeights);
  if (!weights) archive.fail("a zip archive without 'model.weights.h5'", kWayOut);
  return assemble(shown, std::move(config), metadata, *weights);
}

}  // namespace

ModelFile read_keras_zip(const std::string& path) { return read_archive(ZipArchive::open(path), path); }

ModelFile read_keras_zip_image(std::string_view bytes, const std::string& shown) {
  return read_archive(ZipArchive::open_image(bytes, shown), shown);
}

ModelFile read_keras_folder(const std::string& path) {
  const std::filesystem::path folder(path);
  const auto has = [&](const char* name) {
    std::error_code error;
    return std::filesystem::is_regular_file(folder / name, error);
  };
  for (const char* name : {"config.json", "model.weights.h5"})
    if (!has(name))
      throw FileError(
          cat(cannot_read(path), "  received: a folder without '", name, "'\n  way out: ",
              has("saved_model.pb")
                  ? "this is a TensorFlow SavedModel: open it with tf.keras and save it as .keras or .h5"
                  : "give a .h5 or .keras file, or the folder of a .keras that was saved with zipped=False"));
  const auto read = [&](const char* name) { return read_shared_bytes((folder / name).string()); };
  std::optional<std::string> metadata;
  if (has("metadata.json")) metadata = std::string(read("metadata.json").view);
  return assemble(path, parse_config(read("config.json").view, "'config.json'", path), metadata,
                  read("model.weights.h5"));
}

}  // namespace cornu::saving
