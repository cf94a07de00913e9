// Datasets as tensors. The declared shape is believed only after it was compared with the bytes that are stored.
#include <algorithm>
#include <cstring>
#include <optional>

#include "cornu/core/error.h"
#include "cornu/saving/hdf5_chunks.h"
#include "cornu/saving/hdf5_reader.h"

namespace cornu::saving {
namespace {

using hdf5::Datatype;
using hdf5::Image;
using hdf5::TypeClass;

constexpr std::size_t kMaxRank = 16;
// What a dataset without stored bytes may still claim: Keras leaves only empty ones without storage.
constexpr std::uint64_t kMaxUnstored = 1 << 20;

[[noreturn]] void fail(const Image& image, const std::string& where, const std::string& why,
                       const std::string& way_out) {
  image.refuse(cat("dataset '/", where, "': ", why), way_out);
}

std::optional<DType> integer_dtype(const Datatype& type) {
  switch (type.size) {
    case 1: return type.is_signed ? int8 : uint8;
    case 2: return type.is_signed ? int16 : uint16;
    case 4: return type.is_signed ? int32 : uint32;
    case 8: return type.is_signed ? int64 : uint64;
    default: return std::nullopt;
  }
}

std::optional<DType> float_dtype(const Datatype& type) {
  if (type.size == 2 && type.exponent_bits == 5) return float16;
  if (type.size == 2 && type.exponent_bits == 8) return bfloat16;
  if (type.size == 4 && type.exponent_bits == 8) return float32;
  if (type.size == 8 && type.exponent_bits == 11) return float64;
  return std::nullopt;
}

std::optional<DType> dtype_of_type(const Datatype& type) {
  if (!type.is_plain) return std::nullopt;
  if (type.is(TypeClass::kInteger)) return integer_dtype(type);
  if (type.is(TypeClass::kFloat)) return float_dtype(type);
  if (type.is(TypeClass::kEnum) && type.size == 1) return bool_;       // h5py's FALSE and TRUE
  if (type.is(TypeClass::kOpaque) && type.size == 2) return bfloat16;  // HDF5 has no such type of its own
  return std::nullopt;
}

// Nothing when the product of dimensions and element size overflows, even if another dimension is 0.
std::optional<std::uint64_t> bytes_of(const std::vector<std::uint64_t>& dims, std::size_t element) {
  std::uint64_t all = element;
  bool empty = false;
  for (const std::uint64_t dim : dims) {
    empty = empty || dim == 0;
    if (__builtin_mul_overflow(all, std::max<std::uint64_t>(dim, 1), &all) ||
        all > static_cast<std::uint64_t>(INT64_MAX))
      return std::nullopt;
  }
  return empty ? 0 : all;
}

void swap_bytes(char* data, std::uint64_t bytes, std::size_t element) {
  for (std::uint64_t i = 0; i + element <= bytes; i += element) std::reverse(data + i, data + i + element);
}

// In this machine's order and form; only 0 and 1 are valid for a C++ bool.
void normalize(Tensor& tensor, bool is_big_endian) {
  auto* data = static_cast<char*>(tensor.mutable_raw());
  if (is_big_endian) swap_bytes(data, tensor.bytes(), size_of(tensor.dtype()));
  if (tensor.dtype() == bool_)
    for (std::uint64_t i = 0; i < tensor.bytes(); ++i) data[i] = data[i] != 0;
}

struct Layout {
  bool is_chunked = false;
  bool is_stored = false;
  std::string_view bytes;  // of a contiguous or compact dataset
  hdf5::ChunkTree chunks;
};

Layout parse_layout(Image& image, const hdf5::Message& message, std::uint64_t needed, const std::string& where) {
  constexpr unsigned kCompact = 0;
  constexpr unsigned kContiguous = 1;
  constexpr unsigned kChunked = 2;
  hdf5::Cursor in(image, message.data, "a dataset's layout");
  const std::uint64_t version = in.u8();
  Layout layout;
  if (version < 3) {
    const std::uint64_t rank = in.u8();
    const std::uint64_t kind = in.u8();
    in.skip(5);
    const std::uint64_t address = kind == kCompact ? 0 : in.u64();
    std::vector<std::uint64_t> dims;
    for (std::uint64_t i = 0; i < rank; ++i) dims.push_back(in.u32());
    layout.is_chunked = kind == kChunked;
    layout.is_stored = kind == kCompact || address != hdf5::kUndefined;
    if (layout.is_chunked) layout.chunks = {address, std::move(dims)};
    if (kind == kCompact) layout.bytes = in.take(in.u32());
    if (kind == kContiguous && layout.is_stored) layout.bytes = image.at(address, needed);
    return layout;
  }
  const std::uint64_t kind = in.u8();
  if (kind == kCompact) {
    layout.is_stored = true;
    layout.bytes = in.take(in.u16());
  } else if (kind == kContiguous) {
    const std::uint64_t address = in.u64();
    const std::uint64_t size = in.u64();
    layout.is_stored = address != hdf5::kUndefined;
    if (layout.is_stored) layout.bytes = image.at(address, std::min(size, image.size()));
  } else if (kind == kChunked && version == 3) {
    const std::uint64_t rank = in.u8();
    layout.is_chunked = true;
    layout.chunks.address = in.u64();
    layout.is_stored = layout.chunks.address != hdf5::kUndefined;
    for (std::uint64_t i = 0; i < rank; ++i) layout.chunks.dims.push_back(in.u32());
  } else {
    fail(image, where, kind == 3 ? "it is a virtual dataset, put together from other files" : "its layout is unknown",
         "save the model again, or h5repack --low=0 --high=0 IN OUT");
  }
  return layout;
}

Tensor plain_tensor(const Image& image, const Layout& layout, const Shape& shape, DType dtype) {
  const char* data = layout.bytes.data();
  const bool aligned = reinterpret_cast<std::uintptr_t>(data) % size_of(dtype) == 0;
  if (aligned && dtype != bool_) return Tensor::borrow(data, shape, dtype, image.owner());
  Tensor tensor = Tensor::empty(shape, dtype);
  std::memcpy(tensor.mutable_raw(), data, tensor.bytes());
  return tensor;
}

}  // namespace

Tensor read_dataset(Image& image, std::uint64_t address, const std::string& where) {
  const hdf5::Object& object = image.object(address);
  const hdf5::Message* type_message = hdf5::find_message(object, hdf5::kDatatype);
  const hdf5::Message* space_message = hdf5::find_message(object, hdf5::kDataspace);
  const hdf5::Message* layout_message = hdf5::find_message(object, hdf5::kLayout);
  if (type_message == nullptr || space_message == nullptr || layout_message == nullptr)
    fail(image, where, "expected a dataset", "this is no Keras model file");
  if (type_message->is_shared || space_message->is_shared)
    fail(image, where, "its type or shape is shared with other objects", "save the model again");
  if (hdf5::find_message(object, hdf5::kExternalFiles) != nullptr)
    fail(image, where, "its values lie in another file", "save the model again");
  const Datatype type = hdf5::parse_datatype(image, type_message->data);
  const hdf5::Dataspace space = hdf5::parse_dataspace(image, space_message->data);
  const std::optional<DType> dtype = dtype_of_type(type);
  if (!dtype)
    fail(image, where, "its element type is not one of Keras's", "expected float, integer, bool or bfloat16 values");
  hdf5::check_filters(image, object, where);  // also where nothing is stored that would have gone through them
  const std::optional<std::uint64_t> needed = bytes_of(space.dims, size_of(*dtype));
  if (space.is_null || space.dims.size() > kMaxRank || !needed)
    fail(image, where, "its shape is none, or too large to be true", "the file is damaged; save it again");

  Shape shape;
  for (const std::uint64_t dim : space.dims) shape.push_back(static_cast<std::int64_t>(dim));
  if (*needed == 0) return Tensor(shape, *dtype);
  const Layout layout = parse_layout(image, *layout_message, *needed, where);
  const auto check = [&](bool fits, std::uint64_t stored) {
    if (!fits || !image.take(*needed))
      fail(image, where, cat("its shape needs ", *needed, " bytes, but the file holds ", stored),
           "the file is damaged or made to exhaust memory; get it again from a source you trust");
  };
  if (!layout.is_stored) {
    check(*needed <= kMaxUnstored, 0);
    return Tensor(shape, *dtype);
  }
  Tensor tensor;
  if (layout.is_chunked) {
    const std::uint64_t stored = hdf5::check_chunks(image, object, layout.chunks, space.dims, size_of(*dtype), where);
    check(*needed / hdf5::kMaxExpansion <= stored, stored);
    tensor = Tensor(shape, *dtype);
    hdf5::read_chunks(image, object, layout.chunks, space.dims, size_of(*dtype),
                      static_cast<char*>(tensor.mutable_raw()));
  } else {
    check(layout.bytes.size() >= *needed, layout.bytes.size());
    tensor = plain_tensor(image, layout, shape, *dtype);
  }
  if (type.is_big_endian || *dtype == bool_) normalize(tensor, type.is_big_endian);
  return tensor;
}

}  // namespace cornu::saving
