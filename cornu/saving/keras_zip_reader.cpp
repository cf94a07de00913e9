// Reading .keras: a zip with config.json, metadata.json and model.weights.h5, all of it data that may be hostile.
#include <zip.h>

#include <memory>

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

}  // namespace

ModelFile read_keras_zip(const std::string& path) {
  const Archive archive = open_archive(path);
  Json config = read_json_member(archive, path, "config.json");
  const std::optional<std::string> metadata = read_member(archive, path, "metadata.json", kMaxJson);
  std::optional<std::string> weights = read_member(archive, path, "model.weights.h5", kMaxWeights);
  if (!weights)
    fail(path, "a zip archive without 'model.weights.h5'", "give a .keras file that Keras 2.12 or later saved");

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

  const auto bytes = std::make_shared<const std::string>(std::move(*weights));
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

std::optional<std::string> read_keras_zip_member(const std::string& path, const std::string& name) {
  return read_member(open_archive(path), path, name, kMaxWeights);
}

}  // namespace cornu::saving
