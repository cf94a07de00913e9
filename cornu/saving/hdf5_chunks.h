// Datasets that a user had repacked in chunks, perhaps compressed: Keras writes none, but reads them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cornu/saving/hdf5_format.h"

namespace cornu::saving::hdf5 {

// No deflate stream grows more than 1032 times.
inline constexpr std::uint64_t kMaxExpansion = 1100;

struct ChunkTree {
  std::uint64_t address = kUndefined;
  std::vector<std::uint64_t> dims;  // of a chunk; the last is the element's size
};

// The numbers of the filters that a dataset's values went through.
std::vector<unsigned> parse_filters(const Image& image, const Object& dataset);
// Throws FileError for a filter that is not known: HDF5 would look for a plug-in.
void check_filters(const Image& image, const Object& dataset, const std::string& where);
// Bytes that all chunks occupy in the file. Throws FileError for an unknown filter or a tree that cannot be.
std::uint64_t check_chunks(Image& image, const Object& dataset, const ChunkTree& chunks,
                           const std::vector<std::uint64_t>& dims, std::size_t element, const std::string& where);
// Copies the values of all chunks into a zeroed row-major array.
void read_chunks(Image& image, const Object& dataset, const ChunkTree& chunks, const std::vector<std::uint64_t>& dims,
                 std::size_t element, char* out);

}  // namespace cornu::saving::hdf5
