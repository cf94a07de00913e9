// Writing a file of the format that its name says.
#include <new>

#include "cornu/core/error.h"
#include "cornu/saving/atomic_file.h"
#include "cornu/saving/checksums.h"
#include "cornu/saving/hdf5_writer.h"
#include "cornu/saving/model_file.h"
#include "cornu/saving/self_test_writer.h"
#include "cornu/saving/weight_tree_file.h"
#include "cornu/saving/weights_file.h"
#include "cornu/saving/writers.h"

namespace cornu::saving {
namespace {

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

void write_any(const ModelFile& file, const std::string& path, const SelfTest* self_test) {
  const std::string name = lower(path);
  if (ends_with(name, ".keras"))
    return write_keras_zip(file, path, self_test ? self_test_members(*self_test, path) : std::vector<ExtraMember>{});
  if (ends_with(name, ".h5") || ends_with(name, ".hdf5")) {
    return write_file_atomically(path, legacy_h5_bytes(file, path, false, self_test).views());
  }
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

void write_model_file(const ModelFile& file, const std::string& path) {
  guarded_write(path, [&] { write_any(file, path, nullptr); });
}

void write_model_file(const ModelFile& file, const std::string& path, const SelfTest& self_test) {
  guarded_write(path, [&] { write_any(file, path, &self_test); });
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
