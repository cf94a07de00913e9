// Bytes that are read piece by piece, from any place: a file that stays open, or memory.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cornu::saving {

class ZipSource {
 public:
  // Throws FileError when it cannot be opened.
  static ZipSource open(const std::string& path);
  // `bytes` must outlive it.
  explicit ZipSource(std::string_view bytes) : bytes_(bytes), size_(bytes.size()) {}
  ZipSource(ZipSource&& other) noexcept;
  ZipSource& operator=(ZipSource&&) = delete;
  ~ZipSource();

  std::uint64_t size() const { return size_; }
  // Whether all `count` bytes from `offset` on were there, and were read.
  bool read(std::uint64_t offset, std::uint64_t count, char* to) const;
  // The same as a text; empty when they are not all there.
  std::string read(std::uint64_t offset, std::uint64_t count) const;

 private:
  ZipSource(int file, std::uint64_t size) : file_(file), size_(size) {}
  int file_ = -1;
  std::string_view bytes_;
  std::uint64_t size_ = 0;
};

}  // namespace cornu::saving
