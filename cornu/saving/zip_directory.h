// The directory of a zip archive, as it stands at the archive's end (APPNOTE.TXT of PKWARE, with its 64-bit fields).
// What it claims is only what it claims: ZipArchive holds it against the file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cornu/saving/zip_source.h"

namespace cornu::saving {

struct ZipEntry {
  std::string name;
  std::uint64_t size = 0;    // as it claims
  std::uint64_t stored = 0;  // as it lies in the archive
  bool is_stored = false;    // not compressed
  bool is_encrypted = false;
  bool is_link = false;  // a symbolic link of Unix
  std::uint32_t crc = 0;
  bool is_deflated = false;
  std::uint64_t header = 0;  // where its local header begins
};

// Throws FileError, with `shown` as the archive's name, when there is none or it is damaged.
std::vector<ZipEntry> read_zip_directory(const ZipSource& archive, const std::string& shown);

// Where the bytes of a member begin: behind its local header. 0 when no such header is there.
std::uint64_t zip_data_begin(const ZipSource& archive, const ZipEntry& entry);

}  // namespace cornu::saving
