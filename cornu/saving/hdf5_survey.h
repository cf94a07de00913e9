// Everything that an HDF5 file holds, found by following plain links from the root, each object once. Nothing is
// refused and no value is read: what is strange or damaged is described. `scan`, `verify` and `repair` stand on it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cornu/saving/hdf5_format.h"

namespace cornu::saving::hdf5 {

struct SurveyedDataset {
  std::string path;
  std::uint64_t address = kUndefined;
  std::vector<std::uint64_t> dims;
  std::uint64_t declared = 0;  // bytes that the shape needs; the largest number when the product overflows
  std::uint64_t stored = 0;    // bytes that lie in this file for it
  bool is_virtual = false;     // put together from other datasets, perhaps of other files
  std::vector<std::string> external_files;
  std::vector<unsigned> filters;
};

struct SurveyedLink {
  std::string path;
  bool is_external = false;
  std::string target;
};

struct Survey {
  std::vector<SurveyedDataset> datasets;
  std::vector<SurveyedLink> links;  // soft and external ones
  std::vector<std::string> groups;
  // What could not be understood: a place and what is wrong there.
  struct Problem {
    std::string path, what;
  };
  std::vector<Problem> problems;
};

Survey survey(Image& image);

}  // namespace cornu::saving::hdf5
