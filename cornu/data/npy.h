// numpy's files: .npy (format 1.0, 2.0 and 3.0) and .npz (a zip of .npy, stored or deflated).
//   Tensor x = data::load_npy("x.npy");
//   data::save_npz("out.npz", {{"y0", y0}, {"y1", y1}});
// All dtypes of Tensor, both byte orders, C and Fortran order. bfloat16, which numpy itself does not know, is written
// as ml_dtypes writes it: a void of two bytes ('<V2'), and such a void is read as bfloat16.
#pragma once

#include <string>
#include <vector>

#include "cornu/core/tensor.h"

namespace cornu::data {

struct NamedArray {
  std::string name;  // without ".npy"
  Tensor value;
};

// Reads one .npy file. Throws FileError when the file is missing, foreign, truncated, or its header claims more bytes
// than are there (checked before anything is allocated); NotSupportedError for complex numbers, texts and objects.
Tensor load_npy(const std::string& path);

// Writes format 1.0 in C order. The file appears whole or not at all. Throws FileError.
void save_npy(const std::string& path, const Tensor& tensor);

// All arrays of a .npz in the order of the file; members that are no .npy are left out. Throws as load_npy does.
std::vector<NamedArray> load_npz(const std::string& path);
// One array by its name ("x" or "x.npy"). Throws FileError, listing the names there are, when it is not among them.
Tensor load_npz(const std::string& path, const std::string& name);

struct SaveNpzOptions {
  bool compress = false;  // numpy: savez stores, savez_compressed deflates
};
// Throws ValueError for no arrays and for an empty or a repeated name, FileError when the file cannot be written.
void save_npz(const std::string& path, const std::vector<NamedArray>& arrays, SaveNpzOptions options = {});

}  // namespace cornu::data
