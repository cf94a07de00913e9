#include "cornu/saving/hdf5_reader.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "cornu/core/error.h"

namespace cornu::saving {
namespace {

constexpr std::uint64_t kMaxNames = 1u << 20;

// Twice the file plus room for what compresses well; a file cannot make us allocate more than that in all.
std::uint64_t budget_for(std::uint64_t bytes) { return 2 * bytes + (std::uint64_t{4} << 30); }

PropertyHandle access_list() {
  PropertyHandle access(H5Pcreate(H5P_FILE_ACCESS));
  H5Pset_fclose_degree(access.get(), H5F_CLOSE_STRONG);
  return access;
}

// The core driver works on our bytes in place: these callbacks hand out the one buffer and never copy or free it.
struct ImageInUse {
  void* data;
  std::size_t size;
};
void* image_malloc(std::size_t, H5FD_file_image_op_t, void* user) { return static_cast<ImageInUse*>(user)->data; }
void* image_memcpy(void* dest, const void*, std::size_t, H5FD_file_image_op_t, void*) { return dest; }
void* image_realloc(void* p, std::size_t size, H5FD_file_image_op_t, void* user) {
  return size <= static_cast<ImageInUse*>(user)->size ? p : nullptr;
}
herr_t image_free(void*, H5FD_file_image_op_t, void*) { return 0; }
void* image_user_copy(void* user) { return new ImageInUse(*static_cast<ImageInUse*>(user)); }
herr_t image_user_free(void* user) {
  delete static_cast<ImageInUse*>(user);
  return 0;
}

// "a/b/c" without empty and "." parts, which HDF5 would skip too.
std::vector<std::string> path_parts(const std::string& path) {
  std::vector<std::string> parts = split(path, '/');
  std::erase_if(parts, [](const std::string& part) { return part.empty() || part == "."; });
  return parts;
}

bool is_plain_link(hid_t group, const std::string& name) {
  H5L_info_t info;
  return H5Lexists(group, name.c_str(), H5P_DEFAULT) > 0 &&
         H5Lget_info(group, name.c_str(), &info, H5P_DEFAULT) >= 0 && info.type == H5L_TYPE_HARD;
}

}  // namespace

std::string cannot_read(const std::string& shown) { return cat("[load] cannot read '", shown, "'.\n"); }

Hdf5File Hdf5File::open(const std::string& path) {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0)
    throw FileError(cat(cannot_read(path), "  received: ", std::strerror(errno), "\n", "  way out: check the path"));
  Hdf5File file;
  file.source_->shown = path;
  file.source_->bytes = static_cast<std::uint64_t>(info.st_size);
  file.source_->budget = budget_for(file.source_->bytes);
  PropertyHandle access = access_list();
  // A file on a read-only or network disk cannot always be locked, and a reader of whole files needs no lock.
  H5Pset_file_locking(access.get(), false, true);
  file.file_ = FileHandle(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.get()));
  if (!file.file_)
    throw FileError(cat(cannot_read(path), "  received: an HDF5 file that is cut off or damaged (", info.st_size,
                        " bytes)\n", "  way out: copy or save it again"));
  return file;
}

Hdf5File Hdf5File::open_image(std::shared_ptr<const std::string> bytes, const std::string& shown) {
  Hdf5File file;
  file.source_->shown = shown;
  file.source_->bytes = bytes->size();
  file.source_->budget = budget_for(bytes->size());
  file.source_->image = bytes;
  PropertyHandle access = access_list();
  H5Pset_fapl_core(access.get(), 1 << 16, false);
  // Opened read-only: nothing writes through the const_cast.
  ImageInUse image{const_cast<char*>(bytes->data()), bytes->size()};
  H5FD_file_image_callbacks_t callbacks{image_malloc, image_memcpy, image_realloc,   image_free,
                                        image_user_copy, image_user_free, &image};
  const bool ready = H5Pset_file_image_callbacks(access.get(), &callbacks) >= 0 &&
                     H5Pset_file_image(access.get(), image.data, image.size) >= 0;
  if (ready) file.file_ = FileHandle(H5Fopen("image.h5", H5F_ACC_RDONLY, access.get()));
  if (!file.file_)
    throw FileError(cat(cannot_read(shown), "  received: HDF5 data that is cut off or damaged (", bytes->size(),
                        " bytes)\n", "  way out: copy or save the file again"));
  return file;
}

Hdf5Group Hdf5File::root() const {
  GroupHandle root(H5Gopen2(file_.get(), "/", H5P_DEFAULT));
  if (!root)
    throw FileError(cat(cannot_read(source_->shown), "  received: an HDF5 file with a damaged root group\n",
                        "  way out: copy or save it again"));
  return Hdf5Group(source_.get(), std::move(root), "");
}

void Hdf5Group::fail(const std::string& what, const std::string& why, const std::string& way_out) const {
  throw FileError(cat(cannot_read(source_->shown), "  received: ", what, " in group '/", path_, "': ", why, "\n",
                      "  way out: ", way_out));
}

bool Hdf5Group::has_attribute(const std::string& name) const {
  return H5Aexists(handle_.get(), name.c_str()) > 0;
}

std::optional<std::string> Hdf5Group::text(const std::string& name) const {
  if (!has_attribute(name)) return std::nullopt;
  std::vector<std::string> texts = read_texts(name, true);
  return std::move(texts.front());
}

std::optional<std::vector<std::string>> Hdf5Group::texts(const std::string& name) const {
  if (has_attribute(name)) return read_texts(name, false);
  std::vector<std::string> all;
  for (int chunk = 0; has_attribute(cat(name, chunk)); ++chunk) {
    std::vector<std::string> part = read_texts(cat(name, chunk), false);
    all.insert(all.end(), std::make_move_iterator(part.begin()), std::make_move_iterator(part.end()));
    if (all.size() > kMaxNames) fail(cat("attribute '", name, "'"), "too many names", "this is no Keras file");
  }
  if (all.empty()) return std::nullopt;
  return all;
}

std::vector<std::string> Hdf5Group::read_texts(const std::string& name, bool scalar) const {
  const std::string what = cat("attribute '", name, "'");
  AttributeHandle attribute(H5Aopen(handle_.get(), name.c_str(), H5P_DEFAULT));
  TypeHandle type(attribute ? H5Aget_type(attribute.get()) : H5I_INVALID_HID);
  SpaceHandle space(attribute ? H5Aget_space(attribute.get()) : H5I_INVALID_HID);
  const hssize_t count = space ? H5Sget_simple_extent_npoints(space.get()) : -1;
  if (!type || count < 0) fail(what, "damaged", "copy or save the file again");
  if (count == 0 && !scalar) return {};  // an empty list is stored as numbers, not as text
  const std::size_t size = H5Tget_size(type.get());
  if (H5Tget_class(type.get()) != H5T_STRING || (scalar && count != 1))
    fail(what, scalar ? "expected one text" : "expected a list of texts", "this is no Keras model file");
  const auto n = static_cast<std::uint64_t>(count);
  if (size == 0 || n > kMaxNames || n > source_->bytes || size > source_->bytes || n * size > 2 * source_->bytes)
    fail(what, "larger than the file", "the file is damaged; copy or save it again");
  std::vector<std::string> result = H5Tis_variable_str(type.get()) > 0
                                        ? read_variable_texts(attribute.get(), type.get(), n)
                                        : read_fixed_texts(attribute.get(), type.get(), n);
  if (result.size() != n) fail(what, "unreadable", "the file is damaged; copy or save it again");
  return result;
}

std::vector<std::string> Hdf5Group::read_variable_texts(hid_t attribute, hid_t type, std::size_t count) const {
  TypeHandle memory(H5Tcopy(H5T_C_S1));
  H5Tset_size(memory.get(), H5T_VARIABLE);
  H5Tset_cset(memory.get(), H5Tget_cset(type));  // the bytes are UTF-8 either way
  std::vector<char*> pointers(count, nullptr);
  if (H5Aread(attribute, memory.get(), pointers.data()) < 0) return {};
  std::vector<std::string> result;
  for (const char* text : pointers) result.emplace_back(text == nullptr ? "" : text);
  SpaceHandle space(H5Aget_space(attribute));
  H5Dvlen_reclaim(memory.get(), space.get(), H5P_DEFAULT, pointers.data());
  return result;
}

std::vector<std::string> Hdf5Group::read_fixed_texts(hid_t attribute, hid_t type, std::size_t count) const {
  const std::size_t size = H5Tget_size(type);
  const char padding = H5Tget_strpad(type) == H5T_STR_SPACEPAD ? ' ' : '\0';
  std::string bytes(count * size, '\0');
  if (H5Aread(attribute, type, bytes.data()) < 0) return {};
  std::vector<std::string> result;
  for (std::size_t i = 0; i < count; ++i) {
    std::string text = bytes.substr(i * size, size);
    if (H5Tget_strpad(type) == H5T_STR_NULLTERM) text.resize(std::min(text.find('\0'), text.size()));
    while (!text.empty() && text.back() == padding) text.pop_back();
    result.push_back(std::move(text));
  }
  return result;
}

// A path that begins with '/' starts at the root: Keras 2.0 on Theano named a variable "/iterations".
ObjectHandle Hdf5Group::start(const std::string& path) const {
  return starts_with(path, "/") ? ObjectHandle(H5Oopen(handle_.get(), "/", H5P_DEFAULT)) : ObjectHandle();
}

bool Hdf5Group::has(const std::string& path) const {
  const std::vector<std::string> parts = path_parts(path);
  ObjectHandle current = start(path);
  for (const std::string& part : parts) {
    const hid_t at = current ? current.get() : handle_.get();
    if (H5Iget_type(at) != H5I_GROUP || !is_plain_link(at, part)) return false;
    current = ObjectHandle(H5Oopen(at, part.c_str(), H5P_DEFAULT));
    if (!current) return false;
  }
  return true;
}

ObjectHandle Hdf5Group::open(const std::string& path) const {
  const std::string what = cat("'", path, "'");
  ObjectHandle current = start(path);
  for (const std::string& part : path_parts(path)) {
    const hid_t at = current ? current.get() : handle_.get();
    if (H5Iget_type(at) != H5I_GROUP || H5Lexists(at, part.c_str(), H5P_DEFAULT) <= 0)
      fail(what, "there is nothing of that name", "the file is incomplete; save it again");
    if (!is_plain_link(at, part))
      fail(what, cat("'", part, "' is a soft or external link, which Cornu does not follow"),
           "copy the data itself into the file (h5repack, or save the model again)");
    current = ObjectHandle(H5Oopen(at, part.c_str(), H5P_DEFAULT));
    if (!current) fail(what, "damaged", "copy or save the file again");
  }
  return current;
}

Hdf5Group Hdf5Group::group(const std::string& path) const {
  ObjectHandle object = open(path);
  if (!object || H5Iget_type(object.get()) != H5I_GROUP)
    fail(cat("'", path, "'"), "expected a group", "this is no Keras model file");
  const std::string full = path_.empty() ? path : cat(path_, "/", path);
  return Hdf5Group(source_, GroupHandle(H5Gopen2(object.get(), ".", H5P_DEFAULT)), full);
}

Tensor Hdf5Group::dataset(const std::string& path) const {
  ObjectHandle object = open(path);
  if (!object || H5Iget_type(object.get()) != H5I_DATASET)
    fail(cat("'", path, "'"), "expected a dataset", "this is no Keras model file");
  return read_dataset(*source_, object.get(), path_.empty() ? path : cat(path_, "/", path));
}

std::vector<std::string> Hdf5Group::members() const {
  std::vector<std::string> names;
  const auto collect = [](hid_t, const char* name, const H5L_info_t*, void* out) -> herr_t {
    auto* list = static_cast<std::vector<std::string>*>(out);
    if (list->size() >= kMaxNames) return -1;
    list->emplace_back(name);
    return 0;
  };
  hsize_t start = 0;
  if (H5Literate(handle_.get(), H5_INDEX_NAME, H5_ITER_INC, &start, collect, &names) < 0)
    fail("the list of members", "damaged", "copy or save the file again");
  return names;
}

}  // namespace cornu::saving
