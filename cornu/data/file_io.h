// Whole files in and out of memory, with errors that name the file. What the formats of this folder stand on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cornu/core/tensor.h"

namespace cornu::data {

// A sequential reader of one regular file.
class FileReader {
 public:
  // Throws FileError when the file is not there, is a folder, or may not be read.
  explicit FileReader(std::string path);
  ~FileReader();
  FileReader(const FileReader&) = delete;
  FileReader& operator=(const FileReader&) = delete;

  // Bytes of the file; 0 for a pipe, whose length nobody knows (see is_regular).
  std::uint64_t size() const { return size_; }
  bool is_regular() const { return regular_; }
  const std::string& path() const { return path_; }
  // Reads up to `bytes`; fewer only at the end of the file.
  std::size_t read(void* target, std::size_t bytes);
  // Reads exactly `bytes`, or throws FileError: the file shrank while it was read.
  void read_exactly(void* target, std::size_t bytes);

 private:
  std::string path_;
  int descriptor_ = -1;
  bool regular_ = false;
  std::uint64_t size_ = 0;
};

// The whole file (or pipe) as a uint8 tensor of shape (bytes,).
Tensor read_file(const std::string& path);

// Elements that lie in `blob` (a uint8 tensor) from byte `offset` on, without a copy when alignment allows it.
// The caller has checked that they all lie inside.
Tensor view(const Tensor& blob, std::size_t offset, Shape shape, DType dtype);

inline std::span<const std::uint8_t> bytes_of(const Tensor& blob) { return {blob.data<std::uint8_t>(), blob.bytes()}; }

// Reverses the bytes of each element: big-endian file to little-endian machine.
void swap_bytes(void* data, std::int64_t elements, std::size_t width);

// Writes the pieces one after the other as one file, which appears whole or not at all: temporary file beside the
// target, flush to disk, rename. A device or a pipe is written directly. Throws FileError.
void write_file(const std::string& path, const std::vector<std::span<const std::byte>>& pieces);

}  // namespace cornu::data
