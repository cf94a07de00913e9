// Reading .keras: a zip with config.json, metadata.json and model.weights.h5, all of it data that may be hostile.
#include <zip.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

#include "cornu/core/error.h"
#include "cornu/saving/config_words.h"
#include "cornu/saving/hdf5_reader.h"
#include "cornu/saving/raw_model.h"
#include "cornu/saving/weight_tree_file.h"
#include "cornu/saving/writers.h"

namespace cornu::saving {
namespace {

constexpr std::uint64_t kMaxExpansion = 1100;                    // no deflate stream grows more
constexpr std::uint64_t kMaxJson = std::uint64_t{256} << 20;     // a configuration of that size is no configuration
constexpr std::uint64_t kMaxWeights = std::uint64_t{256} << 30;  // only a compressed member could claim more

using Archive = std::unique_ptr<zip_t, decltype(&zip_discard)>;

[[noreturn]] void fail(const std::string& path, const std::string& what, const std::string& way_out) {
  throw FileError(cat(cannot_read(path), "  received: ", what, "\n", "  way out: ", way_out));
}

Archive open_archive(const std::string& path) {
  int error = 0;
  Archive archive(zip_open(path.c_str(), ZIP_RDONLY, &error), &zip_discard);
  if (archive) return archive;
  zip_error_t reason;
  zip_error_init_with_code(&reason, error);
  const std::string text = zip_error_strerror(&reason);
  zip_error_fini(&reason);
  fail(path, cat("a zip archive that is cut off or damaged (", text, ")"), "copy or save it again");
}

// The whole member; nothing when there is none of that name.
std::optional<std::string> read_member(const Archive& archive, const std::string& path, const std::string& name,
                                       std::uint64_t limit) {
  zip_stat_t info;
  if (zip_stat(archive.get(), name.c_str(), 0, &info) != 0) return std::nullopt;
  const bool known = (info.valid & ZIP_STAT_SIZE) != 0 && (info.valid & ZIP_STAT_COMP_SIZE) != 0;
  if (!known || info.size > limit || info.size / kMaxExpansion > info.comp_size ||
      (info.comp_method == ZIP_CM_STORE && info.size != info.comp_size))
    fail(path, cat("member '", name, "' claims ", info.size, " bytes from ", info.comp_size, " stored ones"),
         "the file is damaged or made to exhaust memory; get it again from a source you trust");
  std::unique_ptr<zip_file_t, decltype(&zip_fclose)> file(zip_fopen(archive.get(), name.c_str(), 0), &zip_fclose);
  if (!file) fail(path, cat("member '", name, "' is encrypted or compressed in an unknown way"), "save it again");
  std::string bytes(info.size, '\0');
  std::uint64_t done = 0;
  while (done < info.size) {
    const zip_int64_t n = zip_fread(file.get(), bytes.data() + done, info.size - done);
    if (n <= 0) fail(path, cat("member '", name, "' is cut off or damaged"), "copy or save it again");
    done += static_cast<std::uint64_t>(n);
  }
  // One more byte makes libzip compare the checksum.
  char extra = 0;
  if (zip_fread(file.get(), &extra, 1) != 0)
    fail(path, cat("the checksum of member '", name, "' does not match"), "copy or save it again");
  return bytes;
}

Json read_json_member(const Archive& archive, const std::string& path, const std::string& name) {
  const std::optional<std::string> text = read_member(archive, path, name, kMaxJson);
  if (!text) fail(path, cat("a zip archive without '", name, "'"), "give a .keras file that Keras 2.12 or later saved");
  try {
    return parse_json(*text, name);
  } catch (const ValueError& error) {
    fail(path, cat("'", name, "' is not valid JSON: ", error.what()), "the file is damaged; save it again");
  }
}

// What a zip and a folder have in common.
ModelFile assemble(const std::string& path, Json config, const std::optional<std::string>& metadata,
                   std::string weights) {
  RawModel raw;
  raw.shown = path;
  try {
    if (metadata) raw.keras_version = get_text(parse_json(*metadata, "metadata.json"), "keras_version");
  } catch (const ValueError&) {
    // Only the version is lost; the configuration tells the generation too.
  }
  if (const Json& compile = get(config, "compile_config"); compile.is_object() && !compile.empty())
    raw.training_config = compile;
  if (config.is_object()) config.erase("compile_config");
  raw.model_config = std::move(config);

  const auto bytes = std::make_shared<const std::string>(std::move(weights));
  const Hdf5File file = Hdf5File::open_image(bytes, path + ": model.weights.h5");
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

ModelFile read_keras_zip(const std::string& path) {
  const Archive archive = open_archive(path);
  Json config = read_json_member(archive, path, "config.json");
  const std::optional<std::string> metadata = read_member(archive, path, "metadata.json", kMaxJson);
  std::optional<std::string> weights = read_member(archive, path, "model.weights.h5", kMaxWeights);
  if (!weights)
    fail(path, "a zip archive without 'model.weights.h5'", "give a .keras file that Keras 2.12 or later saved");
  return assemble(path, std::move(config), metadata, std::move(*weights));
}

ModelFile read_keras_folder(const std::string& path) {
  const auto read = [&](const char* name, std::uint64_t limit) -> std::optional<std::string> {
    const std::filesystem::path file = std::filesystem::path(path) / name;
    std::error_code error;
    if (!std::filesystem::is_regular_file(file, error)) return std::nullopt;
    if (std::filesystem::file_size(file, error) > limit) fail(path, cat(name, " is too large"), "check the folder");
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    if (!in) fail(path, cat(name, " that cannot be read"), "check the disk and the permissions");
    return std::move(text).str();
  };
  const std::optional<std::string> config = read("config.json", kMaxJson);
  std::optional<std::string> weights = read("model.weights.h5", kMaxWeights);
  if (!config || !weights)
    fail(path, cat("a folder without '", config ? "model.weights.h5" : "config.json", "'"),
         std::filesystem::exists(std::filesystem::path(path) / "saved_model.pb")
             ? "this is a TensorFlow SavedModel: open it with tf.keras and save it as .keras or .h5"
             : "give a .h5 or .keras file, or the folder of a .keras that was saved with zipped=False");
  try {
    return assemble(path, parse_json(*config, "config.json"), read("metadata.json", kMaxJson), std::move(*weights));
  } catch (const ValueError& error) {
    fail(path, cat("'config.json' is not valid JSON: ", error.what()), "the file is damaged; save it again");
  }
}

}  // namespace cornu::saving
