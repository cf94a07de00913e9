// Reading HDF5 files that may be hostile, as groups with attributes and datasets. Links, storage or filters that lead
// out of the file or into unknown code are refused.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cornu/core/tensor.h"
#include "cornu/saving/hdf5_format.h"

namespace cornu::saving {

// A group of an open file. Paths are relative to it, with '/' between names; one that begins with '/' starts at the
// root (Keras 2.0 on Theano named a variable "/iterations").
class Hdf5Group {
 public:
  Hdf5Group(std::shared_ptr<hdf5::Image> image, std::uint64_t address, std::string path)
      : image_(std::move(image)), address_(address), path_(std::move(path)) {}

  bool has_attribute(const std::string& name) const;
  // A text attribute; nothing when it is absent. Throws FileError when it is not text.
  std::optional<std::string> text(const std::string& name) const;
  // A list of texts, also when Keras had to split it into name0, name1, ...; nothing when absent.
  std::optional<std::vector<std::string>> texts(const std::string& name) const;

  // Is there a group or dataset at `path`, reached by plain links only?
  bool has(const std::string& path) const;
  // Throw FileError when there is none.
  Hdf5Group group(const std::string& path) const;
  // Shares the file's bytes where that is possible.
  Tensor dataset(const std::string& path) const;
  // Names of members, in byte order.
  std::vector<std::string> members() const;
  // Names of attributes, as they are stored.
  std::vector<std::string> attribute_names() const;

 private:
  std::optional<hdf5::Attribute> attribute(const std::string& name) const;
  std::uint64_t find(const std::string& path) const;
  std::vector<std::string> read_texts(const std::string& name, const hdf5::Attribute& attribute) const;
  [[noreturn]] void fail(const std::string& what, const std::string& why, const std::string& way_out) const;

  std::shared_ptr<hdf5::Image> image_;
  std::uint64_t address_;
  std::string path_;
};

class Hdf5File {
 public:
  // Throws FileError when the file is not there, not HDF5, or cut off.
  static Hdf5File open(const std::string& path);
  // A file in memory. `shown` names it in messages.
  static Hdf5File open_image(SharedBytes bytes, const std::string& shown);
  // A file of which what is whole is to be read: it may be cut off or damaged behind its first bytes.
  static Hdf5File open_damaged(SharedBytes bytes, const std::string& shown);

  Hdf5Group root() const;
  hdf5::Image& image() const { return *image_; }

 private:
  std::shared_ptr<hdf5::Image> image_;
};

// How every message about an unreadable file begins.
std::string cannot_read(const std::string& shown);

// The values of the dataset at `address`. `where` names it in messages. (hdf5_dataset.cpp)
Tensor read_dataset(hdf5::Image& image, std::uint64_t address, const std::string& where);

}  // namespace cornu::saving
