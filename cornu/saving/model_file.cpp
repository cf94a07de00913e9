// Opening a file of any format; writing: write_model_file.cpp.
#include "cornu/saving/model_file.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <new>

#include "cornu/core/error.h"
#include "cornu/saving/hdf5_reader.h"
#include "cornu/saving/raw_model.h"
#include "cornu/saving/weight_tree_file.h"
#include "cornu/saving/weights_file.h"
#include "cornu/saving/writers.h"

namespace cornu::saving {
namespace {

constexpr std::string_view kHdf5Magic = "\x89HDF\r\n\x1a\n";
constexpr std::string_view kZipMagic = "PK\x03\x04";

std::string first_bytes(const std::string& path) {
  struct stat info {};
  const auto fail = [&](const std::string& what, const char* way_out) {
    throw FileError(cat(cannot_read(path), "  received: ", what, "\n", "  way out: ", way_out));
  };
  if (::stat(path.c_str(), &info) != 0) fail(std::strerror(errno), "check the path");
  if (S_ISDIR(info.st_mode)) fail("a folder", "give a .h5 or .keras file");
  if (!S_ISREG(info.st_mode)) fail("no regular file", "give a .h5 or .keras file");
  std::ifstream file(path, std::ios::binary);
  if (!file) fail(std::strerror(errno), "give read permission");
  std::string bytes(16, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  return bytes;
}

[[noreturn]] void foreign(const std::string& shown, bool empty) {
  throw FileError(cat(cannot_read(shown),
                      "  received: ", empty ? "an empty file" : "a file that is neither HDF5 nor a zip archive", "\n",
                      "  expected: a model that Keras saved as .h5 or .keras\n",
                      "  way out: check the path; a cut off or foreign file cannot be repaired"));
}

ModelFile read_hdf5(const Hdf5File& file, const std::string& shown) {
  ModelFile result = upgrade(read_legacy_h5(file, shown));
  result.format = Format::kHdf5;
  return result;
}

ModelFile read_any(const std::string& path) {
  const std::string begin = first_bytes(path);
  if (starts_with(begin, kZipMagic)) return read_keras_zip(path);
  if (!starts_with(begin, kHdf5Magic)) foreign(path, begin.empty());
  return read_hdf5(Hdf5File::open(path), path);
}

ModelFile read_any_image(const SharedBytes& bytes, const std::string& shown) {
  if (starts_with(bytes.view, kZipMagic)) return read_keras_zip_image(bytes.view, shown);
  if (!starts_with(bytes.view, kHdf5Magic)) foreign(shown, bytes.size() == 0);
  return read_hdf5(Hdf5File::open_image(bytes, shown), shown);
}

// Whatever reading stumbles over is the file's fault, and a named error.
template <class Read>
auto guarded(const std::string& path, const Read& read) {
  try {
    return read();
  } catch (const Json::exception& error) {
    // A text where a number belongs, say.
    throw FileError(cat(cannot_read(path), "  received: a configuration of an unexpected form (", error.what(), ")\n",
                        "  way out: the file is damaged or made by hand; save it again with Keras"));
  } catch (const std::bad_alloc&) {
    throw FileError(cat(cannot_read(path), "  received: a file that needs more memory than there is\n",
                        "  way out: use a machine with more memory"));
  }
}

WeightsFile read_any_weights(const std::string& path, const Json& architecture) {
  const std::string begin = first_bytes(path);
  if (starts_with(begin, kHdf5Magic)) {
    const Hdf5Group root = Hdf5File::open(path).root();
    if (root.has_attribute("layer_names") || root.has_attribute("layer_names0"))
      return {WeightsFile::kLegacy,
              read_legacy_weights(root),
              {},
              root.text("backend").value_or(""),
              root.text("keras_version").value_or("")};
    if (!root.has_attribute("model_config") && (root.has("layers") || root.has("_layer_checkpoint_dependencies"))) {
      check_weight_tree(root, architecture, path);
      return {WeightsFile::kTree, read_weight_tree(root, architecture, kUnknownVersion), read_tree_optimizer(root)};
    }
  } else if (starts_with(begin, "{")) {
    throw NotSupportedError(cat(cannot_read(path),
                                "  received: the index of weights in several files (.weights.json)\n",
                                "  way out: load it with Keras and save the weights as one .weights.h5"));
  }
  ModelFile file = read_any(path);
  return {WeightsFile::kModel, std::move(file.weights), {}, file.backend, file.keras_version};
}

}  // namespace

ModelFile read_model_file(const std::string& path) {
  return guarded(path, [&] { return read_any(path); });
}

ModelFile read_model_image(const SharedBytes& bytes, const std::string& shown) {
  return guarded(shown, [&] { return read_any_image(bytes, shown); });
}

WeightsFile read_weights_file(const std::string& path, const Json& architecture) {
  return guarded(path, [&] { return read_any_weights(path, architecture); });
}

}  // namespace cornu::saving
