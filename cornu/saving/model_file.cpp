#include "cornu/saving/model_file.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <new>

#include "cornu/core/error.h"
#include "cornu/saving/atomic_file.h"
#include "cornu/saving/checksums.h"
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

ModelFile read_any(const std::string& path) {
  if (is_folder(path)) return read_keras_folder(path);
  const std::string begin = first_bytes(path);
  if (starts_with(begin, kZipMagic)) return read_keras_zip(path);
  if (!starts_with(begin, kHdf5Magic))
    throw FileError(cat(cannot_read(path), "  received: ",
                        begin.empty() ? "an empty file" : "a file that is neither HDF5 nor a zip archive", "\n",
                        "  expected: a model that Keras saved as .h5 or .keras\n",
                        "  way out: check the path; a cut off or foreign file cannot be repaired"));
  const Hdf5File file = Hdf5File::open(path);
  ModelFile result = upgrade(read_legacy_h5(file, path));
  result.format = Format::kHdf5;
  return result;
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

// Saving needs memory too: the file that was there is whole, and the reason is named.
template <class Write>
void guarded_write(const std::string& path, const Write& write) {
  try {
    write();
  } catch (const std::bad_alloc&) {
    throw FileError(cat("[save] cannot write '", path, "'.\n",
                        "  received: not enough memory; the file that was there ", "before, if any, is unchanged\n",
                        "  way out: free some memory, or use a machine with more"));
  }
}

void write_any_weights(const ModelFile& file, const std::string& path) {
  const std::string name = lower(path);
  if (ends_with(name, ".weights.h5"))
    return write_file_atomically(path, weight_tree_bytes(file, path, Placement::kDisk).views());
  if (ends_with(name, ".h5") || ends_with(name, ".hdf5"))
    return write_file_atomically(path, legacy_weights_h5_bytes(file, path).views());
  throw FileError(cat("[save_weights] cannot write '", path, "'.\n", "  received: a name whose ending says no format\n",
                      "  way out: end it in .weights.h5 (Keras 3), or .h5 / .hdf5 (the form of older versions)"));
}

void write_any(const ModelFile& file, const std::string& path) {
  const std::string name = lower(path);
  if (ends_with(name, ".keras")) return write_keras_zip(file, path);
  if (ends_with(name, ".h5") || ends_with(name, ".hdf5"))
    return write_file_atomically(path, legacy_h5_bytes(file, path).views());
  throw FileError(cat("[save] cannot write '", path, "'.\n", "  received: a name whose ending says no format\n",
                      "  way out: end it in .keras, .h5 or .hdf5"));
}

void check_keras2_ending(const std::string& path) {
  const std::string name = lower(path);
  if ((!ends_with(name, ".h5") && !ends_with(name, ".hdf5")) || ends_with(name, ".weights.h5"))
    throw FileError(cat("[save] cannot write '", path, "' for Keras 2.\n  received: an ending that tf-keras does not ",
                        "open as such\n  way out: end it in .h5 or .hdf5"));
}

}  // namespace

ModelFile read_model_file(const std::string& path) {
  return guarded(path, [&] { return read_any(path); });
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

void write_model_file(const ModelFile& file, const std::string& path) {
  guarded_write(path, [&] { write_any(file, path); });
}

void write_weights_file(const ModelFile& file, const std::string& path) {
  guarded_write(path, [&] { write_any_weights(file, path); });
}

void write_h5_with_checksums(const ModelFile& file, const std::string& path) {
  guarded_write(path, [&] { write_file_atomically(path, legacy_h5_bytes(file, path, true).views()); });
}

void write_keras2_file(const ModelFile& file, const std::string& path) {
  check_keras2_ending(path);
  guarded_write(path, [&] { write_file_atomically(path, keras2_h5_bytes(file, path).views()); });
}

void write_keras2_weights_file(const ModelFile& file, const std::string& path) {
  check_keras2_ending(path);
  guarded_write(path, [&] { write_file_atomically(path, keras2_weights_h5_bytes(file, path).views()); });
}

}  // namespace cornu::saving
