#include "cornu/saving/zip_archive.h"

#include <libdeflate.h>

#include <algorithm>
#include <cctype>
#include <memory>
#include <new>
#include <set>

#include "cornu/core/error.h"
#include "cornu/saving/hdf5_reader.h"

namespace cornu::saving {
namespace {

constexpr std::uint64_t kMaxExpansion = 1100;
constexpr std::size_t kMaxMembers = 4096;  // a model, its metadata and its vocabularies

// `stored` unpacked to exactly `size` bytes.
bool inflate(const std::string& stored, char* to, std::uint64_t size) {
  const std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)> decompressor(
      libdeflate_alloc_decompressor(), &libdeflate_free_decompressor);
  if (!decompressor) throw std::bad_alloc();
  return libdeflate_deflate_decompress(decompressor.get(), stored.data(), stored.size(), to, size, nullptr) ==
         LIBDEFLATE_SUCCESS;
}

}  // namespace

std::string unsafe_member(const ZipEntry& entry) {
  const std::string& name = entry.name;
  if (entry.is_link) return "a symbolic link";
  if (name.empty() || name.find('\0') != std::string::npos) return "a name that is none";
  if (name.front() == '/' || name.front() == '\\') return "an absolute path";
  if (name.size() > 1 && name[1] == ':' && std::isalpha(static_cast<unsigned char>(name[0])))
    return "a path of a drive";
  std::string unified = name;
  std::replace(unified.begin(), unified.end(), '\\', '/');
  const std::vector<std::string> parts = split(unified, '/');
  if (std::find(parts.begin(), parts.end(), "..") != parts.end()) return "a path that leads out of the archive";
  return "";
}

bool is_zip_bomb(const ZipEntry& entry) {
  return entry.size / kMaxExpansion > entry.stored || (entry.is_stored && entry.size != entry.stored);
}

ZipArchive::ZipArchive(ZipSource bytes, std::string shown)
    : bytes_(std::move(bytes)), shown_(std::move(shown)), entries_(read_zip_directory(bytes_, shown_)) {}

ZipArchive ZipArchive::open(const std::string& path) { return {ZipSource::open(path), path}; }

ZipArchive ZipArchive::open_image(std::string_view bytes, const std::string& shown) {
  return {ZipSource(bytes), shown};
}

void ZipArchive::fail(const std::string& what, const std::string& way_out) const {
  throw FileError(cat(cannot_read(shown_), "  received: ", what, "\n", "  way out: ", way_out));
}

void ZipArchive::check_entries() const {
  constexpr const char* kWayOut = "the file was made to harm; get it again from a source you trust";
  if (entries_.size() > kMaxMembers)
    fail(cat("a zip archive of ", entries_.size(), " members, where at most ", kMaxMembers, " are expected"), kWayOut);
  std::set<std::string> names;
  for (const ZipEntry& entry : entries_) {
    if (const std::string why = unsafe_member(entry); !why.empty())
      fail(cat("member '", entry.name, "', which is ", why), kWayOut);
    if (!names.insert(entry.name).second)
      fail(cat("two members of the name '", entry.name, "', of which every reader would choose another"), kWayOut);
  }
}

const ZipEntry* ZipArchive::find(const std::string& name, std::uint64_t limit) const {
  const auto entry = std::find_if(entries_.begin(), entries_.end(), [&](const ZipEntry& e) { return e.name == name; });
  if (entry == entries_.end()) return nullptr;
  if (entry->size > limit || entry->stored > bytes_.size() || is_zip_bomb(*entry))
    fail(cat("member '", name, "' claims ", entry->size, " bytes from ", entry->stored, " stored ones"),
         "the file is damaged or made to exhaust memory; get it again from a source you trust");
  return &*entry;
}

void ZipArchive::read_into(const ZipEntry& entry, char* to) const {
  if (entry.is_encrypted || (!entry.is_stored && !entry.is_deflated))
    fail(cat("member '", entry.name, "' is encrypted or compressed in an unknown way"), "save it again");
  const std::uint64_t begin = zip_data_begin(bytes_, entry);
  bool whole = begin != 0;
  if (whole && entry.is_stored) whole = bytes_.read(begin, entry.size, to);
  if (whole && entry.is_deflated) {
    const std::string stored = bytes_.read(begin, entry.stored);
    whole = stored.size() == entry.stored && inflate(stored, to, entry.size);
  }
  if (!whole) fail(cat("member '", entry.name, "' is cut off or damaged"), "copy or save it again");
  if (libdeflate_crc32(0, to, entry.size) != entry.crc)
    fail(cat("the checksum of member '", entry.name, "' does not match"), "copy or save it again");
}

std::optional<std::string> ZipArchive::read(const std::string& name, std::uint64_t limit) const {
  const ZipEntry* entry = find(name, limit);
  if (entry == nullptr) return std::nullopt;
  std::string bytes(entry->size, '\0');
  read_into(*entry, bytes.data());
  return bytes;
}

std::optional<SharedBytes> ZipArchive::read_shared(const std::string& name, std::uint64_t limit) const {
  const ZipEntry* entry = find(name, limit);
  if (entry == nullptr) return std::nullopt;
  Tensor bytes = Tensor::empty({static_cast<std::int64_t>(entry->size)}, uint8);
  read_into(*entry, static_cast<char*>(bytes.mutable_raw()));
  return SharedBytes(bytes);
}

}  // namespace cornu::saving
