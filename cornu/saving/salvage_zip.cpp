#include "cornu/saving/salvage_zip.h"

#include <libdeflate.h>

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "cornu/core/text.h"

namespace cornu::saving {
namespace {

constexpr std::string_view kLocalHeader = "PK\x03\x04";
constexpr std::size_t kHeaderBytes = 30;
constexpr std::uint64_t kMaxExpansion = 1100;
constexpr std::size_t kMaxMembers = 4096;

std::uint64_t number(std::string_view bytes, std::size_t at, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = count; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

struct LocalHeader {
  std::string name;
  std::uint64_t method = 0, crc = 0, stored = 0, size = 0;
  bool has_sizes = true;  // else they stand behind the bytes
  std::size_t data = 0;   // where the bytes begin
};

// Sizes beyond 32 bits stand in an extra field.
void read_zip64(std::string_view extra, LocalHeader& header) {
  for (std::size_t at = 0; at + 4 <= extra.size();) {
    const std::uint64_t id = number(extra, at, 2), length = number(extra, at + 2, 2);
    if (id == 1 && length >= 16 && at + 20 <= extra.size()) {
      header.size = number(extra, at + 4, 8);
      header.stored = number(extra, at + 12, 8);
      return;
    }
    at += 4 + length;
  }
}

bool read_header(std::string_view archive, std::size_t at, LocalHeader& header) {
  if (archive.size() - at < kHeaderBytes || archive.substr(at, 4) != kLocalHeader) return false;
  const std::string_view fixed = archive.substr(at, kHeaderBytes);
  header.has_sizes = (number(fixed, 6, 2) & 8) == 0;
  header.method = number(fixed, 8, 2);
  header.crc = number(fixed, 14, 4);
  header.stored = number(fixed, 18, 4);
  header.size = number(fixed, 22, 4);
  const std::size_t name = number(fixed, 26, 2), extra = number(fixed, 28, 2);
  header.data = at + kHeaderBytes + name + extra;
  if (header.data > archive.size()) return false;
  header.name = archive.substr(at + kHeaderBytes, name);
  constexpr std::uint64_t kElsewhere = 0xffffffff;
  if (header.size == kElsewhere || header.stored == kElsewhere)
    read_zip64(archive.substr(at + kHeaderBytes + name, extra), header);
  return true;
}

std::string inflated(std::string_view bytes, std::uint64_t size) {
  if (size / kMaxExpansion > bytes.size()) return "";
  std::string result(size, '\0');
  std::size_t produced = 0;
  libdeflate_decompressor* decompressor = libdeflate_alloc_decompressor();
  const libdeflate_result status =
      libdeflate_deflate_decompress(decompressor, bytes.data(), bytes.size(), result.data(), result.size(), &produced);
  libdeflate_free_decompressor(decompressor);
  if (status != LIBDEFLATE_SUCCESS || produced != size) return "";
  return result;
}

SalvagedMember member_of(std::string_view archive, const LocalHeader& header) {
  constexpr std::uint64_t kStored = 0, kDeflated = 8;
  const std::string_view there =
      archive.substr(header.data, std::min<std::uint64_t>(header.stored, archive.size() - header.data));
  SalvagedMember member;
  if (header.method == kStored) member.bytes = there;
  if (header.method == kDeflated && there.size() == header.stored) member.bytes = inflated(there, header.size);
  member.is_whole =
      member.bytes.size() == header.size && libdeflate_crc32(0, member.bytes.data(), member.bytes.size()) == header.crc;
  return member;
}

}  // namespace

std::map<std::string, SalvagedMember> salvage_zip(std::string_view archive, std::vector<std::string>& lost) {
  std::map<std::string, SalvagedMember> members;
  const std::string_view bytes = archive;
  for (std::size_t at = bytes.find(kLocalHeader); at != std::string_view::npos && members.size() < kMaxMembers;) {
    LocalHeader header;
    if (!read_header(bytes, at, header)) {
      at = bytes.find(kLocalHeader, at + 1);
      continue;
    }
    std::size_t next = header.data;
    if (header.has_sizes) {
      SalvagedMember member = member_of(bytes, header);
      // The weights may hold the same four bytes: what lies inside of a whole member is no member.
      if (member.is_whole) next = header.data + header.stored;
      if (!member.is_whole) lost.push_back(cat("part of the member '", header.name, "'"));
      members.emplace(header.name, std::move(member));
    } else {
      lost.push_back(cat("the member '", header.name, "', whose size stood behind it"));
    }
    if (next == header.data && !bytes.substr(header.data).empty() && header.has_sizes && header.name.ends_with(".h5"))
      break;  // nothing behind the point where the archive breaks off
    at = bytes.find(kLocalHeader, next);
  }
  return members;
}

}  // namespace cornu::saving
