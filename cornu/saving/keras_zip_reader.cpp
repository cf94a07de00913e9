// Reading .keras: a zip with config.json, metadata.json and model.weights.h5, all of it data that may be hostile.
#include "cornu/core/error.h"
#include "cornu/saving/config_text.h"
#include "cornu/saving/config_words.h"
#include "cornu/saving/hdf5_reader.h"
#include "cornu/saving/raw_model.h"
#include "cornu/saving/weight_tree_file.h"
#include "cornu/saving/writers.h"
#include "cornu/saving/zip_archive.h"

namespace cornu::saving {
namespace {

constexpr std::uint64_t kMaxWeights = std::uint64_t{256} << 30;  // only a compressed member could claim more
constexpr const char* kWayOut = "give a .keras file that Keras 2.12 or later saved";

ModelFile read_archive(const ZipArchive& archive, const std::string& shown) {
  archive.check_entries();
  const std::optional<std::string> config_text = archive.read("config.json", kMaxConfigBytes);
  if (!config_text) archive.fail("a zip archive without 'config.json'", kWayOut);
  Json config = parse_config(*config_text, "'config.json'", shown);
  const std::optional<std::string> metadata = archive.read("metadata.json", kMaxConfigBytes);
  std::optional<SharedBytes> weights = archive.read_shared("model.weights.h5", kMaxWeights);
  if (!weights) archive.fail("a zip archive without 'model.weights.h5'", kWayOut);

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

  const Hdf5File file = Hdf5File::open_image(*weights, shown + ": model.weights.h5");
  const Hdf5Group root = file.root();
  raw.optimizer = read_tree_optimizer(root);
  // The groups are named after classes and so need the configuration in Keras 3's form first.
  const Version version = parse_version(raw.keras_version);
  ModelFile result =
      upgrade(std::move(raw), [&](const Json& architecture) { return read_weight_tree(root, architecture, version); });
  result.format = Format::kKerasZip;
  return result;
}

}  // namespace

ModelFile read_keras_zip(const std::string& path) { return read_archive(ZipArchive::open(path), path); }

ModelFile read_keras_zip_image(std::string_view bytes, const std::string& shown) {
  return read_archive(ZipArchive::open_image(bytes, shown), shown);
}

}  // namespace cornu::saving
