// Any array file by one name: what the command line calls ARRAY.
#pragma once

#include <string>

#include "cornu/core/tensor.h"

namespace cornu::data {

// `spec` is one of
//   x.npy                         numpy's array
//   x.npz:name                    one array of a .npz (the name may be left out when there is only one)
//   train-images-idx3-ubyte[.gz]  an IDX file
//   x.csv[.gz]                    a table of numbers (also .tsv, .txt); see csv.h
// The file's first bytes decide, not its name; only a table is known by its name.
// Throws FileError: not there, of no known kind, or damaged.
Tensor load_array(const std::string& spec);

}  // namespace cornu::data
