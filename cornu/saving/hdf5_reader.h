// Reading HDF5 files that may be hostile: sizes are compared with what the file really holds before anything is
// allocated, and links, storage or filters that lead out of the file or into unknown code are refused.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cornu/core/json.h"
#include "cornu/core/tensor.h"
#include "cornu/saving/hdf5_handle.h"

namespace cornu::saving {

// What one reading of one file shares: its name for messages, and how much it may still make us allocate.
struct Hdf5Source {
  std::string shown;        // "model.h5", or "model.keras: model.weights.h5"
  std::uint64_t bytes = 0;  // size of the file
  std::uint64_t budget = 0;
  std::shared_ptr<const std::string> image;  // the bytes themselves, when the file is not on disk
};

// A group of an open file. Paths are relative to it, with '/' between names.
class Hdf5Group {
 public:
  Hdf5Group(Hdf5Source* source, GroupHandle handle, std::string path)
      : source_(source), handle_(std::move(handle)), path_(std::move(path)) {}

  const std::string& path() const { return path_; }
  bool has_attribute(const std::string& name) const;
  // A text attribute; nothing when it is absent. Throws FileError when it is not text.
  std::optional<std::string> text(const std::string& name) const;
  // A list of texts, also when Keras had to split it into name0, name1, ...; nothing when absent.
  std::optional<std::vector<std::string>> texts(const std::string& name) const;

  // Is there a group or dataset at `path`, reached by plain links only?
  bool has(const std::string& path) const;
  // Throw FileError when there is none.
  Hdf5Group group(const std::string& path) const;
  Tensor dataset(const std::string& path) const;
  // Names of members, in byte order.
  std::vector<std::string> members() const;

 private:
  ObjectHandle start(const std::string& path) const;
  ObjectHandle open(const std::string& path) const;
  [[noreturn]] void fail(const std::string& what, const std::string& why, const std::string& way_out) const;
  std::vector<std::string> read_texts(const std::string& name, bool scalar) const;
  std::vector<std::string> read_variable_texts(hid_t attribute, hid_t type, std::size_t count) const;
  std::vector<std::string> read_fixed_texts(hid_t attribute, hid_t type, std::size_t count) const;

  Hdf5Source* source_;
  GroupHandle handle_;
  std::string path_;
};

class Hdf5File {
 public:
  // Throws FileError when the file is not there, not HDF5, or cut off.
  static Hdf5File open(const std::string& path);
  // A file in memory. `shown` names it in messages.
  static Hdf5File open_image(std::shared_ptr<const std::string> bytes, const std::string& shown);

  Hdf5Group root() const;

 private:
  Hdf5File() : guard_(std::make_unique<Hdf5Guard>()), source_(std::make_unique<Hdf5Source>()) {}
  std::unique_ptr<Hdf5Guard> guard_;  // first, so that it goes last
  std::unique_ptr<Hdf5Source> source_;
  FileHandle file_;
};

// How every message about an unreadable file begins.
std::string cannot_read(const std::string& shown);

// Reads the values of an open dataset. `where` names it in messages. (hdf5_dataset.cpp)
Tensor read_dataset(Hdf5Source& source, hid_t dataset, const std::string& where);

}  // namespace cornu::saving
