#include "cornu/saving/zip_directory.h"

#include <algorithm>
#include <string_view>

#include "cornu/core/error.h"
#include "cornu/saving/hdf5_reader.h"

namespace cornu::saving {
namespace {

constexpr std::string_view kLocalHeader = "PK\x03\x04", kMember = "PK\x01\x02", kEnd = "PK\x05\x06",
                           kEnd64 = "PK\x06\x06", kLocator64 = "PK\x06\x07";
constexpr std::size_t kLocalBytes = 30, kMemberBytes = 46, kEndBytes = 22, kEnd64Bytes = 56, kLocatorBytes = 20;
// Whose field is full has its number in a wider field elsewhere.
constexpr std::uint64_t kElsewhere16 = 0xffff, kElsewhere32 = 0xffffffff;

std::uint64_t number(std::string_view bytes, std::size_t at, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = count; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

[[noreturn]] void damaged(const std::string& shown, const std::string& why) {
  throw FileError(cat(cannot_read(shown), "  received: a zip archive that is cut off or damaged (", why, ")\n",
                      "  way out: copy or save it again; `cornu repair` recovers what is whole"));
}

struct Place {
  std::uint64_t begin = 0, bytes = 0, members = 0;
  std::uint64_t end = 0;  // where the record that says so begins: the directory lies before it
};

// The wider record, when the one at `end` refers to it.
void widen(const ZipSource& archive, const std::string& shown, Place& place) {
  if (place.members != kElsewhere16 && place.bytes != kElsewhere32 && place.begin != kElsewhere32) return;
  if (place.end < kLocatorBytes) return;
  const std::string locator = archive.read(place.end - kLocatorBytes, kLocatorBytes);
  if (!locator.starts_with(kLocator64)) return;
  const std::uint64_t at = number(locator, 8, 8);
  const std::string record = archive.read(at, kEnd64Bytes);
  if (!record.starts_with(kEnd64)) damaged(shown, "its 64-bit directory is not where it should be");
  place = {number(record, 48, 8), number(record, 40, 8), number(record, 32, 8), at};
}

Place find_directory(const ZipSource& archive, const std::string& shown) {
  // The record at the end, and behind it a comment of up to 65535 bytes.
  const std::uint64_t most = std::min<std::uint64_t>(archive.size(), kEndBytes + 0xffff);
  const std::string tail = archive.read(archive.size() - most, most);
  for (std::size_t at = tail.rfind(kEnd); at != std::string::npos;) {
    if (at + kEndBytes <= tail.size() && at + kEndBytes + number(tail, at + 20, 2) <= tail.size()) {
      Place place{number(tail, at + 16, 4), number(tail, at + 12, 4), number(tail, at + 10, 2),
                  archive.size() - most + at};
      widen(archive, shown, place);
      return place;
    }
    if (at == 0) break;
    at = tail.rfind(kEnd, at - 1);
  }
  damaged(shown, "it has no directory at its end");
}

// The numbers that did not fit into their fields, in the order of those fields.
bool read_zip64(std::string_view extra, ZipEntry& entry) {
  std::vector<std::uint64_t*> wanted;
  for (std::uint64_t* field : {&entry.size, &entry.stored, &entry.header})
    if (*field == kElsewhere32) wanted.push_back(field);
  if (wanted.empty()) return true;
  for (std::size_t at = 0; at + 4 <= extra.size();) {
    const std::uint64_t id = number(extra, at, 2), length = number(extra, at + 2, 2);
    if (at + 4 + length > extra.size()) return false;
    if (id == 1) {
      if (length < wanted.size() * 8) return false;
      for (std::size_t i = 0; i < wanted.size(); ++i) *wanted[i] = number(extra, at + 4 + i * 8, 8);
      return true;
    }
    at += 4 + length;
  }
  return false;
}

ZipEntry read_member(std::string_view fixed, std::string_view name, std::string_view extra, const std::string& shown) {
  constexpr std::uint64_t kEncrypted = 1, kStored = 0, kDeflated = 8, kUnix = 3, kLink = 0120000, kKind = 0170000;
  ZipEntry entry;
  entry.name = name;
  entry.is_encrypted = (number(fixed, 8, 2) & kEncrypted) != 0;
  entry.is_stored = number(fixed, 10, 2) == kStored;
  entry.is_deflated = number(fixed, 10, 2) == kDeflated;
  entry.crc = static_cast<std::uint32_t>(number(fixed, 16, 4));
  entry.stored = number(fixed, 20, 4);
  entry.size = number(fixed, 24, 4);
  entry.is_link = number(fixed, 5, 1) == kUnix && (number(fixed, 38, 4) >> 16 & kKind) == kLink;
  entry.header = number(fixed, 42, 4);
  if (!read_zip64(extra, entry)) damaged(shown, "a member whose size is nowhere");
  return entry;
}

}  // namespace

std::vector<ZipEntry> read_zip_directory(const ZipSource& archive, const std::string& shown) {
  const Place place = find_directory(archive, shown);
  if (place.begin > place.end || place.bytes > place.end - place.begin)
    damaged(shown, "its directory leads out of the file");
  const std::string directory = archive.read(place.begin, place.bytes);
  std::vector<ZipEntry> entries;
  std::string_view left = directory;
  for (std::uint64_t i = 0; i < place.members; ++i) {
    if (left.size() < kMemberBytes || !left.starts_with(kMember)) damaged(shown, "its directory ends early");
    const std::size_t name = number(left, 28, 2), extra = number(left, 30, 2), comment = number(left, 32, 2);
    if (left.size() - kMemberBytes < name + extra + comment) damaged(shown, "its directory ends early");
    entries.push_back(
        read_member(left, left.substr(kMemberBytes, name), left.substr(kMemberBytes + name, extra), shown));
    left.remove_prefix(kMemberBytes + name + extra + comment);
  }
  return entries;
}

std::uint64_t zip_data_begin(const ZipSource& archive, const ZipEntry& entry) {
  const std::string header = archive.read(entry.header, kLocalBytes);
  if (!header.starts_with(kLocalHeader)) return 0;
  return entry.header + kLocalBytes + number(header, 26, 2) + number(header, 28, 2);
}

}  // namespace cornu::saving
