#include "cornu/saving/hdf5_chunks.h"

#include <libdeflate.h>

#include <algorithm>
#include <cstring>
#include <functional>

#include "cornu/core/text.h"

namespace cornu::saving::hdf5 {
namespace {

enum Filter : unsigned { kDeflate = 1, kShuffle = 2, kFletcher32 = 3 };

struct Chunk {
  std::uint64_t size = 0;
  std::uint32_t skipped_filters = 0;
  std::vector<std::uint64_t> offset;
  std::uint64_t address = 0;
};

using Visit = std::function<void(const Chunk&)>;

// Calls `visit` for each chunk. The level falls by one at each step and `left` counts down, so it ends.
void walk(const Image& image, std::uint64_t address, int level, std::size_t rank, std::uint64_t& left,
          const Visit& visit) {
  Cursor in(image, image.at(address, 24), "a tree of chunks");
  in.expect("TREE");
  if (in.u8() != 1) image.damaged("a tree of chunks");
  const int own_level = static_cast<int>(in.u8());
  if (level >= 0 && own_level != level) image.damaged("a tree of chunks");
  const std::uint64_t count = in.u16();
  const std::uint64_t key = 8 + 8 * (rank + 1);
  Cursor entries(image, image.at(address + 24, count * (key + 8) + key), "a tree of chunks");
  for (std::uint64_t i = 0; i < count; ++i) {
    Chunk chunk;
    chunk.size = entries.u32();
    chunk.skipped_filters = static_cast<std::uint32_t>(entries.u32());
    for (std::size_t d = 0; d < rank; ++d) chunk.offset.push_back(entries.u64());
    entries.skip(8);
    chunk.address = entries.u64();
    if (left == 0) image.damaged("a tree of chunks");
    --left;
    if (own_level > 0)
      walk(image, chunk.address, own_level - 1, rank, left, visit);
    else
      visit(chunk);
  }
}

std::uint64_t chunk_bytes(const Image& image, const ChunkTree& chunks) {
  std::uint64_t bytes = 1;
  for (const std::uint64_t dim : chunks.dims)
    if (dim == 0 || __builtin_mul_overflow(bytes, dim, &bytes)) image.damaged("a dataset's layout");
  return bytes;
}

// No more entries than cover the dataset (doubled for the tree's inner nodes), and than fit into the file.
std::uint64_t visits_allowed(const Image& image, const ChunkTree& chunks, const std::vector<std::uint64_t>& dims) {
  std::uint64_t count = 1;
  for (std::size_t i = 0; i < dims.size(); ++i)
    if (__builtin_mul_overflow(count, (dims[i] - 1) / chunks.dims[i] + 1, &count)) return 0;
  return std::min(2 * std::min(count, image.size()), image.size() / 24) + 64;
}

std::string unshuffled(const std::string& bytes, std::size_t element) {
  std::string result(bytes.size(), '\0');
  const std::size_t count = bytes.size() / element;
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t k = 0; k < element; ++k) result[i * element + k] = bytes[k * count + i];
  std::copy(bytes.begin() + static_cast<std::ptrdiff_t>(count * element), bytes.end(),
            result.begin() + static_cast<std::ptrdiff_t>(count * element));
  return result;
}

std::string inflated(const Image& image, const std::string& bytes, std::uint64_t size) {
  std::string result(size, '\0');
  std::size_t produced = 0;
  libdeflate_decompressor* decompressor = libdeflate_alloc_decompressor();
  const libdeflate_result status =
      libdeflate_zlib_decompress(decompressor, bytes.data(), bytes.size(), result.data(), result.size(), &produced);
  libdeflate_free_decompressor(decompressor);
  if (status != LIBDEFLATE_SUCCESS) image.damaged("a compressed chunk");
  result.resize(produced);
  return result;
}

// The values of a chunk, filters undone from the last to the first.
std::string decoded(const Image& image, const Chunk& chunk, const std::vector<unsigned>& filters, std::uint64_t size,
                    std::size_t element) {
  std::string bytes(image.at(chunk.address, chunk.size));
  for (std::size_t i = filters.size(); i-- > 0;) {
    if (i < 32 && (chunk.skipped_filters >> i & 1) != 0) continue;
    if (filters[i] == kFletcher32 && bytes.size() >= 4) bytes.resize(bytes.size() - 4);
    // A checksum may have been added before compressing.
    if (filters[i] == kDeflate) bytes = inflated(image, bytes, size + 4);
    if (filters[i] == kShuffle) bytes = unshuffled(bytes, element);
  }
  if (bytes.size() < size) image.damaged("a chunk");
  return bytes;
}

// Copies the part of a chunk that lies inside the dataset, dimension by dimension.
void scatter(const char* from, char* to, const Chunk& chunk, const ChunkTree& chunks,
             const std::vector<std::uint64_t>& dims, std::size_t element, std::size_t axis) {
  const std::size_t rank = dims.size();
  if (axis == rank) {
    std::memcpy(to, from, element);
    return;
  }
  std::uint64_t from_step = element;
  std::uint64_t to_step = element;
  for (std::size_t i = axis + 1; i < rank; ++i) {
    from_step *= chunks.dims[i];
    to_step *= dims[i];
  }
  const std::uint64_t inside = std::min(chunks.dims[axis], dims[axis] - chunk.offset[axis]);
  char* start = to + chunk.offset[axis] * to_step;
  if (axis + 1 == rank) {
    std::memcpy(start, from, inside * element);
    return;
  }
  for (std::uint64_t i = 0; i < inside; ++i)
    scatter(from + i * from_step, start + i * to_step, chunk, chunks, dims, element, axis + 1);
}

}  // namespace

std::vector<unsigned> parse_filters(const Image& image, const Object& dataset) {
  std::vector<unsigned> filters;
  const Message* message = find_message(dataset, kFilters);
  if (message == nullptr) return filters;
  Cursor in(image, message->data, "a dataset's filters");
  const std::uint64_t version = in.u8();
  const std::uint64_t count = in.u8();
  if (version == 1) in.skip(6);
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto id = static_cast<unsigned>(in.u16());
    std::uint64_t name = version == 1 || id >= 256 ? in.u16() : 0;
    in.skip(2);
    const std::uint64_t values = in.u16();
    if (version == 1) name = (name + 7) / 8 * 8;
    in.skip(name + 4 * values);
    if (version == 1 && values % 2 != 0) in.skip(4);
    filters.push_back(id);
  }
  return filters;
}

void check_filters(const Image& image, const Object& dataset, const std::string& where) {
  for (const unsigned filter : parse_filters(image, dataset))
    if (filter != kDeflate && filter != kShuffle && filter != kFletcher32)
      image.refuse(cat("dataset '/", where, "': compressed by filter number ", filter,
                       "; gzip, shuffle and fletcher32 are known"),
                   "h5repack -f NONE IN OUT removes the compression");
}

std::uint64_t check_chunks(Image& image, const Object& dataset, const ChunkTree& chunks,
                           const std::vector<std::uint64_t>& dims, std::size_t element, const std::string& where) {
  check_filters(image, dataset, where);
  if (chunks.dims.size() != dims.size() + 1 || chunks.dims.back() != element) image.damaged("a dataset's layout");
  const std::uint64_t one = chunk_bytes(image, chunks);
  std::uint64_t all = element;
  for (const std::uint64_t dim : dims) all *= dim;  // known not to overflow
  std::uint64_t left = visits_allowed(image, chunks, dims);
  std::uint64_t count = 0;
  std::uint64_t stored = 0;
  walk(image, chunks.address, -1, dims.size(), left, [&](const Chunk& chunk) {
    for (std::size_t i = 0; i < dims.size(); ++i)
      if (chunk.offset[i] >= dims[i]) image.damaged("a tree of chunks");
    stored += image.at(chunk.address, chunk.size).size();
    // Honest chunks do not overlap; those that do could each be as long as the file.
    if (stored > image.size()) image.damaged("a tree of chunks");
    ++count;
  });
  // Chunks that reach far beyond the dataset would cost work without end.
  std::uint64_t work = 0;
  if (__builtin_mul_overflow(one, std::max<std::uint64_t>(count, 1), &work) ||
      work > 16 * all + (std::uint64_t{1} << 20))
    image.damaged("a dataset's layout");
  return stored;
}

void read_chunks(Image& image, const Object& dataset, const ChunkTree& chunks, const std::vector<std::uint64_t>& dims,
                 std::size_t element, char* out) {
  const std::vector<unsigned> filters = parse_filters(image, dataset);
  const std::uint64_t size = chunk_bytes(image, chunks);
  std::uint64_t left = visits_allowed(image, chunks, dims);
  walk(image, chunks.address, -1, dims.size(), left, [&](const Chunk& chunk) {
    const std::string bytes = decoded(image, chunk, filters, size, element);
    scatter(bytes.data(), out, chunk, chunks, dims, element, 0);
  });
}

}  // namespace cornu::saving::hdf5
