// Building an HDF5 file in memory, in the very layout that h5py gives to Keras's files: old format, contiguous
// datasets, no time stamps. In memory, so that a full disk is met by plain writes and not inside the library; the
// values stay in their tensors.
#pragma once

#include <string>
#include <vector>

#include "cornu/core/tensor.h"
#include "cornu/saving/checksums.h"
#include "cornu/saving/hdf5_memory.h"

namespace cornu::saving {

// Which kind of Python string an attribute was set from; h5py marks bytes as ASCII and str as UTF-8.
enum class Charset { kAscii, kUtf8 };

// How h5py lays a file out: on disk it collects small objects in blocks, in a Python file object (the member of a
// .keras) it does not.
enum class Placement { kDisk, kFileObject };

class Hdf5Writer {
 public:
  // `shown` names the target in messages.
  Hdf5Writer(std::string shown, Placement placement);

  // Paths start at the root and have '/' between names; "" is the root. Missing groups on the way are created.
  void create_group(const std::string& path);
  bool has(const std::string& path) const;
  void set_text(const std::string& path, const std::string& name, const std::string& value, Charset charset);
  // A list of names, split as Keras does when it is too large for one attribute.
  void set_texts(const std::string& path, const std::string& name, const std::vector<std::string>& values);
  void write_dataset(const std::string& path, const Tensor& tensor);

  // From here on a checksum of each dataset is kept; finish() writes them as an attribute of the root (checksums.h).
  void keep_checksums() { with_checksums_ = true; }
  // The bytes of the finished file; nothing can be added afterwards. Large tensors are part of them as they are.
  Pieces finish();

 private:
  ObjectHandle open(const std::string& path) const;
  void check(bool ok, const std::string& what) const;
  void set_variable_texts(hid_t object, const std::string& name, const std::vector<std::string>& values);
  void set_fixed_texts(hid_t object, const std::string& name, const std::vector<std::string>& values);

  Hdf5Guard guard_;
  Hdf5Memory memory_;
  std::string shown_;
  Placement placement_;
  FileHandle file_;
  bool with_checksums_ = false;
  Checksums checksums_;
};

}  // namespace cornu::saving
