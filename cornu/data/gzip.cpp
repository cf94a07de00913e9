#include "cornu/data/gzip.h"

#include <libdeflate.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>

#include "cornu/core/error.h"
#include "cornu/data/file_io.h"

namespace cornu::data {
namespace {

struct FreeDecompressor {
  void operator()(libdeflate_decompressor* d) const { libdeflate_free_decompressor(d); }
};
using Decompressor = std::unique_ptr<libdeflate_decompressor, FreeDecompressor>;

Decompressor make_decompressor() {
  Decompressor d(libdeflate_alloc_decompressor());
  if (!d) throw std::bad_alloc();
  return d;
}

[[noreturn]] void damaged(const std::string& name, std::string_view what) {
  throw FileError(cat("\"", name, "\" is damaged\n  received: ", what,
                      "\n  expected: a whole compressed stream with its checksum\n  copy or download the file again"));
}

Tensor allocate(std::uint64_t bytes, const std::string& name) {
  try {
    return Tensor::empty({static_cast<std::int64_t>(bytes)}, uint8);
  } catch (const std::bad_alloc&) {
    damaged(name, cat("a stream that claims ", bytes, " bytes, more than there is memory"));
  }
}

// The last four bytes of a gzip file: the length of the (last) member, modulo 2^32. Only a hint until inflated.
std::uint64_t stated_size(std::span<const std::uint8_t> in) {
  const std::uint8_t* end = in.data() + in.size();
  return static_cast<std::uint64_t>(end[-4]) | static_cast<std::uint64_t>(end[-3]) << 8 |
         static_cast<std::uint64_t>(end[-2]) << 16 | static_cast<std::uint64_t>(end[-1]) << 24;
}

}  // namespace

bool is_gzip(const Tensor& blob) {
  const auto bytes = bytes_of(blob);
  return bytes.size() >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b;
}

Tensor gunzip(const Tensor& blob, const std::string& name) {
  const auto in = bytes_of(blob);
  constexpr std::size_t kSmallest = 18;  // header of 10 bytes, trailer of 8
  if (!is_gzip(blob) || in.size() < kSmallest) damaged(name, cat(in.size(), " bytes that are no gzip file"));
  const std::uint64_t limit = in.size() * kMaxDeflateRatio;
  const Decompressor decompressor = make_decompressor();
  // One member whose length the trailer tells is the rule: then this allocation is exact and nothing is copied.
  Tensor out = allocate(std::min(stated_size(in), limit), name);
  std::size_t read = 0, written = 0;
  while (read < in.size()) {
    std::size_t in_used = 0, out_used = 0;
    const auto result = libdeflate_gzip_decompress_ex(decompressor.get(), in.data() + read, in.size() - read,
                                                      out.mutable_data<std::uint8_t>() + written, out.bytes() - written,
                                                      &in_used, &out_used);
    if (result == LIBDEFLATE_SUCCESS) {
      read += in_used;
      written += out_used;
    } else if (result == LIBDEFLATE_INSUFFICIENT_SPACE && out.bytes() < limit) {
      const std::uint64_t wanted = std::max<std::uint64_t>(out.bytes() * 2, in.size() * 4);
      Tensor larger = allocate(std::min(wanted, limit), name);
      std::memcpy(larger.mutable_raw(), out.raw(), written);
      out = std::move(larger);
    } else {
      damaged(name, "a gzip stream that is truncated or fails its checksum");
    }
  }
  return static_cast<std::int64_t>(written) == out.size() ? out : out.rows(0, static_cast<std::int64_t>(written));
}

Tensor inflate_exactly(const Tensor& compressed, std::uint64_t size, std::uint32_t crc, const std::string& name) {
  if (size > compressed.bytes() * kMaxDeflateRatio)
    damaged(name, cat(compressed.bytes(), " compressed bytes that claim to hold ", size));
  Tensor out = allocate(size, name);
  const Decompressor decompressor = make_decompressor();
  const auto result = libdeflate_deflate_decompress(decompressor.get(), compressed.raw(), compressed.bytes(),
                                                    out.mutable_raw(), out.bytes(), nullptr);
  if (result != LIBDEFLATE_SUCCESS) damaged(name, "a deflate stream that is truncated or not of its stated length");
  if (libdeflate_crc32(0, out.raw(), out.bytes()) != crc) damaged(name, "contents whose checksum differs");
  return out;
}

}  // namespace cornu::data
