#include "cornu/saving/hdf5_writer.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "cornu/core/error.h"

namespace cornu::saving {
namespace {

// Keras's HDF5_OBJECT_HEADER_LIMIT: what fits into one attribute, with some room.
constexpr std::size_t kAttributeLimit = 64512;

hid_t file_type(DType dtype) {
  switch (dtype) {
    case DType::kInt8: return H5T_STD_I8LE;
    case DType::kInt16: return H5T_STD_I16LE;
    case DType::kInt32: return H5T_STD_I32LE;
    case DType::kInt64: return H5T_STD_I64LE;
    case DType::kUInt8: return H5T_STD_U8LE;
    case DType::kUInt16: return H5T_STD_U16LE;
    case DType::kUInt32: return H5T_STD_U32LE;
    case DType::kUInt64: return H5T_STD_U64LE;
    case DType::kFloat32: return H5T_IEEE_F32LE;
    case DType::kFloat64: return H5T_IEEE_F64LE;
    case DType::kBool:
    case DType::kFloat16:
    case DType::kBFloat16: break;
  }
  return H5I_INVALID_HID;
}

// As h5py stores them: bool is an enumeration, float16 a float with other fields, bfloat16 two opaque bytes.
TypeHandle stored_type(DType dtype) {
  switch (dtype) {
    case DType::kBool: {
      TypeHandle type(H5Tenum_create(H5T_STD_I8LE));
      const signed char no = 0;
      const signed char yes = 1;
      H5Tenum_insert(type.get(), "FALSE", &no);
      H5Tenum_insert(type.get(), "TRUE", &yes);
      return type;
    }
    case DType::kFloat16: {
      TypeHandle type(H5Tcopy(H5T_IEEE_F32LE));
      H5Tset_fields(type.get(), 15, 10, 5, 0, 10);
      H5Tset_size(type.get(), 2);
      H5Tset_ebias(type.get(), 15);
      return type;
    }
    case DType::kBFloat16: {
      TypeHandle type(H5Tcreate(H5T_OPAQUE, 2));
      H5Tset_tag(type.get(), "");  // as h5py does for ml_dtypes's bfloat16: it reads back no other tag
      return type;
    }
    default: return TypeHandle(H5Tcopy(file_type(dtype)));
  }
}

PropertyHandle with_missing_groups() {
  PropertyHandle list(H5Pcreate(H5P_LINK_CREATE));
  H5Pset_create_intermediate_group(list.get(), 1);
  return list;
}

}  // namespace

Hdf5Writer::Hdf5Writer(std::string shown, Placement placement) : shown_(std::move(shown)), placement_(placement) {
  PropertyHandle access(H5Pcreate(H5P_FILE_ACCESS));
  H5Pset_fclose_degree(access.get(), H5F_CLOSE_STRONG);
  memory_.use_for(access.get());
  if (placement == Placement::kFileObject) {
    H5Pset_meta_block_size(access.get(), 0);
    H5Pset_small_data_block_size(access.get(), 0);
  }
  H5Pset_libver_bounds(access.get(), H5F_LIBVER_EARLIEST, H5F_LIBVER_LATEST);
  file_ = FileHandle(H5Fcreate("image.h5", H5F_ACC_TRUNC, H5P_DEFAULT, access.get()));
  check(static_cast<bool>(file_), "the file in memory");
}

void Hdf5Writer::check(bool ok, const std::string& what) const {
  if (ok) return;
  throw FileError(cat("[save] cannot write '", shown_, "'.\n", "  received: HDF5 refuses ", what,
                      " (a name that occurs twice, or no memory left)\n",
                      "  way out: give layers and weights names of their own"));
}

ObjectHandle Hdf5Writer::open(const std::string& path) const {
  return ObjectHandle(H5Oopen(file_.get(), path.empty() ? "/" : path.c_str(), H5P_DEFAULT));
}

bool Hdf5Writer::has(const std::string& path) const {
  std::string so_far;
  for (const std::string& part : split(path, '/')) {
    so_far += so_far.empty() ? part : "/" + part;
    if (H5Lexists(file_.get(), so_far.c_str(), H5P_DEFAULT) <= 0) return false;
  }
  return true;
}

void Hdf5Writer::create_group(const std::string& path) {
  GroupHandle group(H5Gcreate2(file_.get(), path.c_str(), with_missing_groups().get(), H5P_DEFAULT, H5P_DEFAULT));
  check(static_cast<bool>(group), cat("group '", path, "'"));
}

void Hdf5Writer::set_text(const std::string& path, const std::string& name, const std::string& value, Charset charset) {
  TypeHandle type(H5Tcopy(H5T_C_S1));
  H5Tset_size(type.get(), H5T_VARIABLE);
  H5Tset_cset(type.get(), charset == Charset::kUtf8 ? H5T_CSET_UTF8 : H5T_CSET_ASCII);
  SpaceHandle space(H5Screate(H5S_SCALAR));
  ObjectHandle object = open(path);
  AttributeHandle attribute(H5Acreate2(object.get(), name.c_str(), type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT));
  const char* text = value.c_str();
  check(attribute && H5Awrite(attribute.get(), type.get(), &text) >= 0, cat("attribute '", name, "'"));
}

void Hdf5Writer::set_texts(const std::string& path, const std::string& name, const std::vector<std::string>& values) {
  ObjectHandle object = open(path);
  std::size_t longest = 1;
  for (const std::string& value : values) longest = std::max(longest, value.size());
  check(longest <= kAttributeLimit, cat("a name of ", longest, " bytes"));
  // numpy.array_split: the smallest number of nearly equal parts of which none is over the limit, first ones longer.
  const std::size_t count = values.size();
  std::size_t parts = 1;
  while ((count + parts - 1) / parts * longest > kAttributeLimit) ++parts;
  if (parts == 1) return set_variable_texts(object.get(), name, values);
  std::size_t begin = 0;
  for (std::size_t part = 0; part < parts; ++part) {
    const std::size_t size = count / parts + (part < count % parts ? 1 : 0);
    set_fixed_texts(object.get(), cat(name, part), {values.begin() + begin, values.begin() + begin + size});
    begin += size;
  }
}

void Hdf5Writer::set_variable_texts(hid_t object, const std::string& name, const std::vector<std::string>& values) {
  const hsize_t count = values.size();
  SpaceHandle space(H5Screate_simple(1, &count, nullptr));
  // numpy makes an empty list an array of float64.
  TypeHandle type(H5Tcopy(values.empty() ? H5T_IEEE_F64LE : H5T_C_S1));
  if (!values.empty()) H5Tset_size(type.get(), H5T_VARIABLE);
  AttributeHandle attribute(H5Acreate2(object, name.c_str(), type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT));
  std::vector<const char*> pointers;
  for (const std::string& value : values) pointers.push_back(value.c_str());
  check(attribute && (values.empty() || H5Awrite(attribute.get(), type.get(), pointers.data()) >= 0),
        cat("attribute '", name, "'"));
}

void Hdf5Writer::set_fixed_texts(hid_t object, const std::string& name, const std::vector<std::string>& values) {
  std::size_t longest = 1;
  for (const std::string& value : values) longest = std::max(longest, value.size());
  TypeHandle type(H5Tcopy(H5T_C_S1));
  H5Tset_size(type.get(), longest);
  H5Tset_strpad(type.get(), H5T_STR_NULLPAD);
  const hsize_t count = values.size();
  SpaceHandle space(H5Screate_simple(1, &count, nullptr));
  std::string bytes(count * longest, '\0');
  for (std::size_t i = 0; i < count; ++i) std::memcpy(bytes.data() + i * longest, values[i].data(), values[i].size());
  AttributeHandle attribute(H5Acreate2(object, name.c_str(), type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT));
  check(attribute && H5Awrite(attribute.get(), type.get(), bytes.data()) >= 0, cat("attribute '", name, "'"));
}

void Hdf5Writer::write_dataset(const std::string& path, const Tensor& tensor) {
  TypeHandle type = stored_type(tensor.dtype());
  std::array<hsize_t, H5S_MAX_RANK> dims{};
  check(tensor.rank() <= H5S_MAX_RANK, cat("a tensor of rank ", tensor.rank()));
  for (int i = 0; i < tensor.rank(); ++i) dims[static_cast<std::size_t>(i)] = static_cast<hsize_t>(tensor.dim(i));
  SpaceHandle space(tensor.rank() == 0 ? H5Screate(H5S_SCALAR) : H5Screate_simple(tensor.rank(), dims.data(), nullptr));
  PropertyHandle creation(H5Pcreate(H5P_DATASET_CREATE));
  H5Pset_obj_track_times(creation.get(), false);
  // `group[key] = value` of h5py makes the dataset, fills it, and only then gives it a name.
  const bool named_last = placement_ == Placement::kFileObject && tensor.dtype() != bfloat16;
  DatasetHandle dataset(named_last ? H5Dcreate_anon(file_.get(), type.get(), space.get(), creation.get(), H5P_DEFAULT)
                                   : H5Dcreate2(file_.get(), path.c_str(), type.get(), space.get(),
                                                with_missing_groups().get(), creation.get(), H5P_DEFAULT));
  // On a big-endian machine HDF5 would have to convert; Cornu's tensors are little-endian like every Keras file.
  memory_.expect(tensor);
  check(dataset && (tensor.size() == 0 ||
                    H5Dwrite(dataset.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, tensor.raw()) >= 0),
        cat("dataset '", path, "'"));
  if (with_checksums_) checksums_[path] = checksum_of(tensor);
  if (named_last)
    check(H5Olink(dataset.get(), file_.get(), path.c_str(), with_missing_groups().get(), H5P_DEFAULT) >= 0,
          cat("dataset '", path, "'"));
}

Pieces Hdf5Writer::finish() {
  if (with_checksums_) set_text("", kChecksumsAttribute, dump_checksums(checksums_), Charset::kUtf8);
  hsize_t size = 0;
  check(H5Fflush(file_.get(), H5F_SCOPE_GLOBAL) >= 0 && H5Fget_filesize(file_.get(), &size) >= 0, "to finish the file");
  check(file_.close(), "to finish the file");
  return memory_.take(size);
}

}  // namespace cornu::saving
