// .npz: libzip finds the members and checks the container; deflated members are inflated by libdeflate, which is about
// three times as fast as libzip's zlib.
#include <zip.h>

#include <memory>
#include <set>

#include "cornu/core/error.h"
#include "cornu/data/file_io.h"
#include "cornu/data/gzip.h"
#include "cornu/data/npy.h"
#include "cornu/data/npy_format.h"

namespace cornu::data {
namespace {

struct DiscardZip {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
using Archive = std::unique_ptr<zip_t, DiscardZip>;

struct CloseMember {
  void operator()(zip_file_t* member) const { zip_fclose(member); }
};
using Member = std::unique_ptr<zip_file_t, CloseMember>;

struct Entry {
  zip_uint64_t index = 0;
  std::string name;  // without ".npy"
  zip_stat_t stat{};
};

[[noreturn]] void damaged(const std::string& path, std::string_view what) {
  throw FileError(cat("\"", path, "\" is not a usable .npz file\n  received: ", what,
                      "\n  expected: a zip of .npy files, as np.savez writes it"));
}

Archive open_archive(const std::string& path) {
  FileReader reader(path);  // gives the plain errors: not there, a folder, not allowed
  int code = 0;
  Archive archive(zip_open(path.c_str(), ZIP_RDONLY, &code));
  if (!archive) {
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    const std::string text = zip_error_strerror(&error);
    zip_error_fini(&error);
    damaged(path, cat(text, " (", reader.size(), " bytes)"));
  }
  return archive;
}

// The .npy members, with every size that the directory claims held against the size of the file.
std::vector<Entry> entries_of(zip_t* archive, const std::string& path) {
  const std::uint64_t file_bytes = FileReader(path).size();
  std::vector<Entry> out;
  std::uint64_t total = 0;
  const zip_int64_t count = zip_get_num_entries(archive, 0);
  for (zip_int64_t i = 0; i < count; ++i) {
    Entry entry;
    entry.index = static_cast<zip_uint64_t>(i);
    constexpr zip_uint64_t kNeeded =
        ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_CRC;
    if (zip_stat_index(archive, entry.index, 0, &entry.stat) != 0 || (entry.stat.valid & kNeeded) != kNeeded)
      damaged(path, "a directory without names or sizes");
    entry.name = entry.stat.name;
    if (!ends_with(entry.name, ".npy")) continue;
    entry.name.resize(entry.name.size() - 4);
    total += entry.stat.comp_size;
    // The sum, too: members that share the same bytes would multiply a small file.
    if (entry.stat.comp_size > file_bytes || total > file_bytes ||
        entry.stat.size / kMaxDeflateRatio > entry.stat.comp_size ||
        (entry.stat.comp_method == ZIP_CM_STORE && entry.stat.size != entry.stat.comp_size))
      damaged(path, cat("member \"", entry.name, "\" of ", entry.stat.size, " bytes in a file of ", file_bytes));
    out.push_back(std::move(entry));
  }
  return out;
}

void read_member(zip_file_t* member, void* target, std::size_t bytes, const std::string& name) {
  for (std::size_t done = 0; done < bytes;) {
    const zip_int64_t n = zip_fread(member, static_cast<char*>(target) + done, bytes - done);
    if (n <= 0) damaged(name, n < 0 ? zip_file_strerror(member) : "a member that ends too early");
    done += static_cast<std::size_t>(n);
  }
}

Tensor load_entry(zip_t* archive, const Entry& entry, const std::string& path) {
  const std::string name = cat(path, ":", entry.name);
  const bool deflated = entry.stat.comp_method == ZIP_CM_DEFLATE;
  if ((!deflated && entry.stat.comp_method != ZIP_CM_STORE) ||
      (entry.stat.valid & ZIP_STAT_ENCRYPTION_METHOD && entry.stat.encryption_method != ZIP_EM_NONE))
    throw NotSupportedError(cat("\"", name, "\" is packed in a way that numpy does not use\n  received: method ",
                                entry.stat.comp_method, "\n  expected: stored or deflated, not encrypted"));
  const Member member(zip_fopen_index(archive, entry.index, deflated ? ZIP_FL_COMPRESSED : 0));
  if (!member) damaged(name, zip_strerror(archive));
  if (deflated) {
    Tensor compressed = Tensor::empty({static_cast<std::int64_t>(entry.stat.comp_size)}, uint8);
    read_member(member.get(), compressed.mutable_raw(), compressed.bytes(), name);
    return npy_from_blob(inflate_exactly(compressed, entry.stat.size, entry.stat.crc, name), name);
  }
  Tensor out = read_npy([&](void* target, std::size_t bytes) { read_member(member.get(), target, bytes, name); },
                        entry.stat.size, name);
  char rest[256];  // libzip compares the checksum when it meets the end
  zip_int64_t n = 0;
  while ((n = zip_fread(member.get(), rest, sizeof rest)) > 0) {
  }
  if (n < 0) damaged(name, zip_file_strerror(member.get()));
  return out;
}

void add_array(zip_t* archive, const NamedArray& array, const std::string& header, bool compress,
               const std::string& path) {
  // libzip reads these while it closes the archive: header and elements outlive that, and are not copied.
  zip_buffer_fragment_t pieces[2] = {
      {reinterpret_cast<zip_uint8_t*>(const_cast<char*>(header.data())), header.size()},
      {static_cast<zip_uint8_t*>(const_cast<void*>(array.value.raw())), array.value.bytes()}};
  zip_source_t* source = zip_source_buffer_fragment(archive, pieces, array.value.bytes() > 0 ? 2 : 1, 0);
  const std::string member = array.name + ".npy";
  const zip_int64_t index = source ? zip_file_add(archive, member.c_str(), source, ZIP_FL_ENC_UTF_8) : -1;
  if (index < 0) {
    if (source) zip_source_free(source);
    throw FileError(
        cat("cannot write \"", path, "\"\n  received: ", zip_strerror(archive), " for member \"", array.name, "\""));
  }
  const auto at = static_cast<zip_uint64_t>(index);
  zip_set_file_compression(archive, at, compress ? ZIP_CM_DEFLATE : ZIP_CM_STORE, 0);
  // 1980-01-01, as numpy writes: the same arrays give the same bytes on every day.
  constexpr zip_uint16_t kTime = 0, kDate = (0 << 9) | (1 << 5) | 1;
  zip_file_set_dostime(archive, at, kTime, kDate, 0);
}

}  // namespace

std::vector<NamedArray> load_npz(const std::string& path) {
  const Archive archive = open_archive(path);
  std::vector<NamedArray> out;
  for (const Entry& entry : entries_of(archive.get(), path))
    out.push_back({entry.name, load_entry(archive.get(), entry, path)});
  return out;
}

Tensor load_npz(const std::string& path, const std::string& name) {
  const Archive archive = open_archive(path);
  const std::string wanted = ends_with(name, ".npy") ? name.substr(0, name.size() - 4) : name;
  std::vector<std::string> names;
  for (const Entry& entry : entries_of(archive.get(), path)) {
    if (entry.name == wanted) return load_entry(archive.get(), entry, path);
    names.push_back(entry.name);
  }
  const std::string near = nearest(wanted, names);
  throw FileError(cat("\"", path, "\" holds no array of that name\n  received: \"", wanted,
                      "\"\n  expected one of: ", names.empty() ? "(it holds no array at all)" : join(names, ", "),
                      near.empty() ? "" : cat("\n  did you mean \"", near, "\"?")));
}

void save_npz(const std::string& path, const std::vector<NamedArray>& arrays, SaveNpzOptions options) {
  if (arrays.empty()) throw ValueError("[save_npz] received: no arrays\n  expected: at least one");
  std::set<std::string> seen;
  for (const NamedArray& array : arrays)
    if (array.name.empty() || array.name.find('\0') != std::string::npos || !seen.insert(array.name).second)
      throw ValueError(cat("[save_npz] every array needs a name of its own\n  received: \"", array.name, "\"",
                           array.name.empty() ? "" : " more than once", "\n  expected: unique names such as x, y"));
  int code = 0;
  Archive archive(zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code));
  if (!archive) {
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    const std::string text = zip_error_strerror(&error);
    zip_error_fini(&error);
    throw FileError(
        cat("cannot write \"", path, "\"\n  received: ", text, "\n  expected: a place that this user may write to"));
  }
  std::vector<std::string> headers;
  for (const NamedArray& array : arrays) headers.push_back(npy_header_of(array.value));
  for (std::size_t i = 0; i < arrays.size(); ++i)
    add_array(archive.get(), arrays[i], headers[i], options.compress, path);
  // Writes a temporary file beside the target and renames it.
  if (zip_close(archive.get()) != 0)
    throw FileError(cat("cannot write \"", path, "\"\n  received: ", zip_strerror(archive.get()),
                        "\n  expected: a place that this user may write to, with room for the arrays"));
  (void)archive.release();
}

}  // namespace cornu::data
