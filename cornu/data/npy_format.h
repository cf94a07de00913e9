// The header of a .npy file, and how its payload becomes a Tensor. Shared by npy.cpp and npz.cpp; not for users.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "cornu/core/tensor.h"

namespace cornu::data {

struct NpyHeader {
  DType dtype = float32;
  bool swapped = false;  // the payload's byte order is not this machine's
  bool fortran = false;
  Shape shape;
};

inline constexpr std::size_t kNpyPrefix = 12;  // magic, version, and a header length of 2 or 4 bytes

// Bytes of magic, version, length and dictionary together, out of the first kNpyPrefix bytes of a file.
// `available` is what the file has. Throws FileError when these are no .npy or the header would not fit.
std::size_t npy_header_bytes(std::span<const std::uint8_t> prefix, std::uint64_t available, const std::string& name);

// Parses a whole header; `payload` is the number of bytes after it, which must hold all elements.
NpyHeader parse_npy_header(std::span<const std::uint8_t> header, std::uint64_t payload, const std::string& name);

// Reads a .npy of `total` bytes through `read_exactly`, payload straight into the tensor.
Tensor read_npy(const std::function<void(void*, std::size_t)>& read_exactly, std::uint64_t total,
                const std::string& name);

// A .npy that lies in memory; the tensor shares the blob's memory where byte order and alignment allow it.
Tensor npy_from_blob(const Tensor& blob, const std::string& name);

// The header that numpy writes for this tensor, padded to a multiple of 64 bytes.
std::string npy_header_of(const Tensor& tensor);

}  // namespace cornu::data
