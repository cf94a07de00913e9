#include "cornu/saving/zip_archive.h"

#include <libdeflate.h>
#include <sys/stat.h>
#include <zip.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "cornu/core/error.h"
#include "cornu/saving/hdf5_reader.h"

namespace cornu::saving {
namespace {

constexpr std::uint64_t kMaxExpansion = 1100;
constexpr std::size_t kMaxMembers = 4096;  // a model, its metadata and its vocabularies

[[noreturn]] void not_a_zip(const std::string& shown, zip_error_t& reason) {
  const std::string text = zip_error_strerror(&reason);
  zip_error_fini(&reason);
  throw FileError(cat(cannot_read(shown), "  received: a zip archive that is cut off or damaged (", text, ")\n",
                      "  way out: copy or save it again; `cornu repair` recovers what is whole"));
}

bool is_symbolic_link(zip_t* archive, zip_uint64_t index) {
  zip_uint8_t system = 0;
  zip_uint32_t attributes = 0;
  if (zip_file_get_external_attributes(archive, index, 0, &system, &attributes) != 0) return false;
  return system == ZIP_OPSYS_UNIX && S_ISLNK(attributes >> 16);
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

void ZipArchive::Discard::operator()(zip* archive) const { zip_discard(archive); }

ZipArchive ZipArchive::open(const std::string& path) {
  int code = 0;
  zip_t* archive = zip_open(path.c_str(), ZIP_RDONLY, &code);
  if (archive == nullptr) {
    zip_error_t reason;
    zip_error_init_with_code(&reason, code);
    not_a_zip(path, reason);
  }
  return ZipArchive(archive, path);
}

ZipArchive ZipArchive::open_image(std::string_view bytes, const std::string& shown) {
  zip_error_t reason;
  zip_error_init(&reason);
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &reason);
  zip_t* archive = source == nullptr ? nullptr : zip_open_from_source(source, ZIP_RDONLY, &reason);
  if (archive == nullptr) {
    if (source != nullptr) zip_source_free(source);
    not_a_zip(shown, reason);
  }
  zip_error_fini(&reason);
  return ZipArchive(archive, shown);
}

ZipArchive::ZipArchive(zip* archive, std::string shown) : archive_(archive), shown_(std::move(shown)) {
  const zip_int64_t count = zip_get_num_entries(archive, 0);
  for (zip_int64_t i = 0; i < count; ++i) {
    const auto index = static_cast<zip_uint64_t>(i);
    zip_stat_t info;
    if (zip_stat_index(archive, index, ZIP_FL_ENC_RAW, &info) != 0)
      fail("a zip archive with a damaged directory", "copy or save it again");
    constexpr zip_uint64_t kNeeded =
        ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_CRC;
    if ((info.valid & kNeeded) != kNeeded) fail("a zip archive with a damaged directory", "copy or save it again");
    entries_.push_back({info.name, info.size, info.comp_size, info.comp_method == ZIP_CM_STORE,
                        (info.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && info.encryption_method != ZIP_EM_NONE,
                        is_symbolic_link(archive, index), info.crc});
  }
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
  if (entry->size > limit || is_zip_bomb(*entry))
    fail(cat("member '", name, "' claims ", entry->size, " bytes from ", entry->stored, " stored ones"),
         "the file is damaged or made to exhaust memory; get it again from a source you trust");
  return &*entry;
}

void ZipArchive::read_into(const ZipEntry& entry, char* to) const {
  const auto index = static_cast<zip_uint64_t>(&entry - entries_.data());
  // What is stored is read as it lies, and its checksum computed here: libzip's takes as long as the reading.
  const zip_flags_t flags = entry.is_stored ? ZIP_FL_COMPRESSED : 0;
  std::unique_ptr<zip_file_t, decltype(&zip_fclose)> file(
      entry.is_encrypted ? nullptr : zip_fopen_index(archive_.get(), index, flags), &zip_fclose);
  if (!file) fail(cat("member '", entry.name, "' is encrypted or compressed in an unknown way"), "save it again");
  for (std::uint64_t done = 0; done < entry.size;) {
    const zip_int64_t n = zip_fread(file.get(), to + done, entry.size - done);
    if (n <= 0) fail(cat("member '", entry.name, "' is cut off or damaged"), "copy or save it again");
    done += static_cast<std::uint64_t>(n);
  }
  // Of a compressed member one more byte makes libzip compare it.
  char extra = 0;
  const bool whole =
      entry.is_stored ? libdeflate_crc32(0, to, entry.size) == entry.crc : zip_fread(file.get(), &extra, 1) == 0;
  if (!whole) fail(cat("the checksum of member '", entry.name, "' does not match"), "copy or save it again");
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
