// Reading zip archives that may be hostile: what the directory claims is held against what is stored before anything is
// allocated, and names that would lead out of a folder are refused. Nothing is ever unpacked onto a disk.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cornu/saving/shared_bytes.h"
#include "cornu/saving/zip_directory.h"

namespace cornu::saving {

// Why a member of that name and kind has no place in an archive; "" when it has.
std::string unsafe_member(const ZipEntry& entry);
// More bytes than that many stored ones can hold; no deflate stream grows more than 1032 times.
bool is_zip_bomb(const ZipEntry& entry);

class ZipArchive {
 public:
  // Throw FileError when it is not there or no zip.
  static ZipArchive open(const std::string& path);
  // `bytes` must outlive it. `shown` names it in messages.
  static ZipArchive open_image(std::string_view bytes, const std::string& shown);

  const std::vector<ZipEntry>& entries() const { return entries_; }
  // Throws FileError for two members of one name (every reader would choose another), for unsafe names and for more
  // members than any model has.
  void check_entries() const;
  // The whole member, its checksum compared; nothing when there is none of that name. Throws FileError when it is
  // damaged, or claims more than `limit` or than can be.
  std::optional<std::string> read(const std::string& name, std::uint64_t limit) const;
  // The same for a large one, which tensors may then lie in.
  std::optional<SharedBytes> read_shared(const std::string& name, std::uint64_t limit) const;
  [[noreturn]] void fail(const std::string& what, const std::string& way_out) const;

 private:
  ZipArchive(ZipSource bytes, std::string shown);
  // Null when there is none. Throws FileError.
  const ZipEntry* find(const std::string& name, std::uint64_t limit) const;
  // The member's bytes, its checksum compared. Throws FileError.
  void read_into(const ZipEntry& entry, char* to) const;

  ZipSource bytes_;
  std::string shown_;
  std::vector<ZipEntry> entries_;
};

}  // namespace cornu::saving
