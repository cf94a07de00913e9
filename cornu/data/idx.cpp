#include "cornu/data/idx.h"

#include <array>
#include <optional>

#include "cornu/core/error.h"
#include "cornu/data/file_io.h"
#include "cornu/data/gzip.h"

namespace cornu::data {
namespace {

std::optional<DType> dtype_of_code(std::uint8_t code) {
  switch (code) {
    case 0x08: return uint8;
    case 0x09: return int8;
    case 0x0B: return int16;
    case 0x0C: return int32;
    case 0x0D: return float32;
    case 0x0E: return float64;
    default: return std::nullopt;
  }
}

struct Header {
  DType dtype = uint8;
  Shape shape;
  std::size_t bytes = 0;  // of the header itself
};

[[noreturn]] void bad(const std::string& name, std::string_view received) {
  throw FileError(
      cat("\"", name, "\" is not a usable IDX file\n  received: ", received,
          "\n  expected: 0 0, an element code, a rank, the dimensions, and exactly the elements they promise"));
}

Header parse_header(std::span<const std::uint8_t> bytes, const std::string& name) {
  if (bytes.size() < 4) bad(name, cat(bytes.size(), " bytes"));
  const std::optional<DType> dtype = dtype_of_code(bytes[2]);
  if (bytes[0] != 0 || bytes[1] != 0 || !dtype)
    bad(name, cat("first bytes ", int{bytes[0]}, " ", int{bytes[1]}, " ", int{bytes[2]}, " ", int{bytes[3]}));
  Header header{*dtype, Shape{}, 4 + std::size_t{4} * bytes[3]};
  if (bytes.size() < header.bytes) bad(name, cat(bytes.size(), " bytes, too few for ", int{bytes[3]}, " dimensions"));
  // The elements must fill the rest exactly; compared by division, so that no product can overflow.
  const std::uint64_t rest = bytes.size() - header.bytes;
  std::uint64_t wanted = size_of(*dtype);
  for (std::size_t i = 0; i < bytes[3]; ++i) {
    const std::uint8_t* at = bytes.data() + 4 + 4 * i;
    const std::uint64_t d = std::uint64_t{at[0]} << 24 | std::uint64_t{at[1]} << 16 | std::uint64_t{at[2]} << 8 | at[3];
    header.shape.push_back(static_cast<std::int64_t>(d));
    wanted = d == 0 || wanted <= (rest + 1) / d ? wanted * d : rest + 1;
  }
  for (const std::int64_t d : header.shape)
    if (d == 0) wanted = 0;
  if (wanted != rest)
    bad(name, cat(rest, " bytes of elements for shape ", header.shape, " of ", name_of(*dtype),
                  wanted > rest ? " (too few: is it cut off?)" : " (too many)"));
  return header;
}

}  // namespace

bool is_idx(const Tensor& blob) {
  const auto bytes = bytes_of(blob);
  return bytes.size() >= 4 && bytes[0] == 0 && bytes[1] == 0 && dtype_of_code(bytes[2]).has_value();
}

Tensor idx_from_blob(const Tensor& blob, const std::string& name) {
  if (is_gzip(blob)) return idx_from_blob(gunzip(blob, name), name);
  const Header header = parse_header(bytes_of(blob), name);
  Tensor out = view(blob, header.bytes, header.shape, header.dtype);
  const std::size_t width = size_of(header.dtype);
  if (width > 1) swap_bytes(out.mutable_raw(), out.size(), width);
  return out;
}

Tensor load_idx(const std::string& path) { return idx_from_blob(read_file(path), path); }

}  // namespace cornu::data
