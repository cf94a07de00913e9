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
#include "cornu/saving/weights_readers.h"
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
  if (!S_ISREG(info.st_mode)) fail("no regular file", "give a .h5 or .keras file");
  std::ifstream file(path, std::ios::binary);
  if (!file) fail(std::strerror(errno), "give read permission");
  std::string bytes(16, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  return bytes;
}

bool is_folder(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
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
  if (is_folder(path)) return read_keras_folder(path);
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

}  // namespace

ModelFile read_model_file(const std::string& path) {
  return guarded(path, [&] { return read_any(path); });
}

ModelFile read_model_image(const SharedBytes& bytes, const std::string& shown) {
  return guarded(shown, [&] { return read_any_image(bytes, shown); });
}

WeightsFile read_weights_file(const std::string& path, const Json& architecture) {
  return guarded(path, [&]() -> WeightsFile {
    if (!is_folder(path)) {
      const std::string begin = first_bytes(path);
      if (starts_with(begin, kHdf5Magic))
        if (std::optional<WeightsFile> weights = read_hdf5_weights(path, architecture)) return std::move(*weights);
      if (starts_with(begin, "{")) return read_weight_shards(path, architecture);
    }
    ModelFile file = read_any(path);
    return {WeightsFile::kModel, std::move(file.weights), {}};
  });
}

}  // namespace cornu::saving
