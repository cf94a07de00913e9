// Datasets as tensors. The declared shape is believed only after it was compared with the bytes that are stored.
#include <algorithm>
#include <array>
#include <cstring>

#include "cornu/core/error.h"
#include "cornu/saving/hdf5_reader.h"

namespace cornu::saving {
namespace {

constexpr int kMaxRank = 16;
// No deflate stream grows more than 1032 times.
constexpr std::uint64_t kMaxExpansion = 1100;
// What a dataset without stored bytes may still claim: Keras leaves only empty ones without storage.
constexpr std::uint64_t kMaxUnstored = 1 << 20;

struct Problem {
  std::string why;
  std::string way_out;
};

[[noreturn]] void fail(const Hdf5Source& source, const std::string& where, const Problem& problem) {
  throw FileError(cat(cannot_read(source.shown), "  received: dataset '/", where, "': ", problem.why, "\n",
                      "  way out: ", problem.way_out));
}

const Problem kDamaged{"damaged", "the file is cut off or damaged; copy or save it again"};

TypeHandle float_type(std::size_t size, std::size_t exponent, std::size_t mantissa, std::size_t bias) {
  TypeHandle type(H5Tcopy(H5T_IEEE_F32LE));
  H5Tset_fields(type.get(), exponent + mantissa, mantissa, exponent, 0, mantissa);
  H5Tset_ebias(type.get(), bias);
  H5Tset_size(type.get(), size);
  return type;
}

struct ElementType {
  DType dtype;
  TypeHandle memory;  // what HDF5 converts to: this machine's form of the dtype
};

std::optional<ElementType> float_element(hid_t type) {
  std::size_t sign, exponent_at, exponent, mantissa_at, mantissa;
  if (H5Tget_fields(type, &sign, &exponent_at, &exponent, &mantissa_at, &mantissa) < 0) return std::nullopt;
  switch (H5Tget_size(type)) {
    case 2:
      if (exponent == 5) return ElementType{float16, float_type(2, 5, 10, 15)};
      if (exponent == 8) return ElementType{bfloat16, float_type(2, 8, 7, 127)};
      return std::nullopt;
    case 4: return ElementType{float32, TypeHandle(H5Tcopy(H5T_NATIVE_FLOAT))};
    case 8: return ElementType{float64, TypeHandle(H5Tcopy(H5T_NATIVE_DOUBLE))};
    default: return std::nullopt;
  }
}

std::optional<ElementType> integer_element(hid_t type) {
  const bool is_signed = H5Tget_sign(type) == H5T_SGN_2;
  const auto element = [&](DType s, hid_t s_type, DType u, hid_t u_type) {
    return ElementType{is_signed ? s : u, TypeHandle(H5Tcopy(is_signed ? s_type : u_type))};
  };
  switch (H5Tget_size(type)) {
    case 1: return element(int8, H5T_NATIVE_INT8, uint8, H5T_NATIVE_UINT8);
    case 2: return element(int16, H5T_NATIVE_INT16, uint16, H5T_NATIVE_UINT16);
    case 4: return element(int32, H5T_NATIVE_INT32, uint32, H5T_NATIVE_UINT32);
    case 8: return element(int64, H5T_NATIVE_INT64, uint64, H5T_NATIVE_UINT64);
    default: return std::nullopt;
  }
}

std::optional<ElementType> element_of(hid_t type) {
  switch (H5Tget_class(type)) {
    case H5T_FLOAT: return float_element(type);
    case H5T_INTEGER: return integer_element(type);
    case H5T_ENUM:  // h5py's bool: FALSE = 0, TRUE = 1
      if (H5Tget_size(type) == 1) return ElementType{bool_, TypeHandle(H5Tcopy(type))};
      return std::nullopt;
    case H5T_OPAQUE:  // bfloat16 has no HDF5 type of its own
      if (H5Tget_size(type) == 2) return ElementType{bfloat16, TypeHandle(H5Tcopy(type))};
      return std::nullopt;
    default: return std::nullopt;
  }
}

std::optional<Problem> check_filters(hid_t creation) {
  for (unsigned i = 0, n = static_cast<unsigned>(std::max(0, H5Pget_nfilters(creation))); i < n; ++i) {
    unsigned flags = 0;
    unsigned config = 0;
    std::size_t values = 0;
    const H5Z_filter_t filter = H5Pget_filter2(creation, i, &flags, &values, nullptr, 0, nullptr, &config);
    if (filter != H5Z_FILTER_DEFLATE && filter != H5Z_FILTER_SHUFFLE && filter != H5Z_FILTER_FLETCHER32)
      return Problem{cat("compressed by filter number ", filter, "; gzip, shuffle and fletcher32 are known"),
                     "h5repack -f NONE IN OUT removes the compression"};
  }
  return std::nullopt;
}

// Compares the bytes that the shape asks for with those that the file can hold.
std::optional<Problem> check_storage(const Hdf5Source& source, hid_t dataset, hid_t creation, std::uint64_t needed,
                                     std::size_t element) {
  if (H5Pget_external_count(creation) > 0) return Problem{"its values lie in another file", "save the model again"};
  const std::uint64_t stored = needed == 0 ? 0 : H5Dget_storage_size(dataset);
  const Problem too_large{cat("its shape needs ", needed, " bytes, but the file holds ", stored),
                          "the file is damaged or made to exhaust memory; get it again from a source you trust"};
  if (needed > source.budget) return too_large;
  switch (H5Pget_layout(creation)) {
    case H5D_COMPACT:
    case H5D_CONTIGUOUS:
      if (stored == 0 ? needed > kMaxUnstored : needed > source.bytes || stored < needed) return too_large;
      return std::nullopt;
    case H5D_CHUNKED: {
      std::array<hsize_t, H5S_MAX_RANK> chunk{};
      const int rank = H5Pget_chunk(creation, H5S_MAX_RANK, chunk.data());
      std::uint64_t bytes = element;
      for (int i = 0; i < std::min(rank, int{H5S_MAX_RANK}); ++i)
        if (__builtin_mul_overflow(bytes, static_cast<std::uint64_t>(chunk[static_cast<std::size_t>(i)]), &bytes))
          return kDamaged;
      if (stored > source.bytes || (stored == 0 ? needed > kMaxUnstored : needed / kMaxExpansion > stored) ||
          bytes > std::max(std::uint64_t{16} << 20, 2 * needed))
        return too_large;
      return check_filters(creation);
    }
    default: return Problem{"it is a virtual dataset, put together from other files", "save the model again"};
  }
}

std::optional<Shape> shape_of(hid_t space) {
  if (H5Sget_simple_extent_type(space) == H5S_NULL) return std::nullopt;
  const int rank = H5Sget_simple_extent_ndims(space);
  if (rank < 0 || rank > kMaxRank) return std::nullopt;
  std::array<hsize_t, H5S_MAX_RANK> dims{};
  if (H5Sget_simple_extent_dims(space, dims.data(), nullptr) < 0) return std::nullopt;
  Shape shape;
  for (int i = 0; i < rank; ++i) {
    const hsize_t dim = dims[static_cast<std::size_t>(i)];
    if (dim > static_cast<hsize_t>(INT64_MAX)) return std::nullopt;
    shape.push_back(static_cast<std::int64_t>(dim));
  }
  return shape;
}

// Product of the dimensions and the element size; nothing when it overflows, even if another dimension is 0.
std::optional<std::uint64_t> bytes_of(const Shape& shape, std::size_t element) {
  std::uint64_t all = element;
  bool empty = false;
  for (const std::int64_t dim : shape) {
    empty = empty || dim == 0;
    if (__builtin_mul_overflow(all, static_cast<std::uint64_t>(std::max<std::int64_t>(dim, 1)), &all) ||
        all > static_cast<std::uint64_t>(INT64_MAX))
      return std::nullopt;
  }
  return empty ? 0 : all;
}

}  // namespace

Tensor read_dataset(Hdf5Source& source, hid_t dataset, const std::string& where) {
  TypeHandle type(H5Dget_type(dataset));
  SpaceHandle space(H5Dget_space(dataset));
  PropertyHandle creation(H5Dget_create_plist(dataset));
  if (!type || !space || !creation) fail(source, where, kDamaged);
  const std::optional<ElementType> element = element_of(type.get());
  if (!element)
    fail(source, where, {"its element type is not one of Keras's", "expected float, integer, bool or bfloat16 values"});
  const std::optional<Shape> shape = shape_of(space.get());
  if (!shape) fail(source, where, {cat("its shape is none, or has more than ", kMaxRank, " dimensions"), "save again"});
  const std::size_t size = size_of(element->dtype);
  const std::optional<std::uint64_t> needed = bytes_of(*shape, size);
  if (!needed) fail(source, where, kDamaged);
  if (auto problem = check_storage(source, dataset, creation.get(), *needed, size)) fail(source, where, *problem);
  source.budget -= *needed;

  Tensor tensor = Tensor::empty(*shape, element->dtype);
  if (*needed == 0) return tensor;
  if (H5Dread(dataset, element->memory.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, tensor.mutable_raw()) < 0)
    fail(source, where, kDamaged);
  if (element->dtype == bool_) {  // only 0 and 1 are valid for a C++ bool
    auto* bytes = static_cast<unsigned char*>(tensor.mutable_raw());
    for (std::uint64_t i = 0; i < *needed; ++i) bytes[i] = bytes[i] != 0;
  }
  return tensor;
}

}  // namespace cornu::saving
