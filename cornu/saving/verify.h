// Is a model file whole? Everything in it is read, whether a model would ask for it or not: the structure to its last
// object, every dataset, the checksums that are there. No layer is known here.
#pragma once

#include <string>
#include <vector>

namespace cornu::saving {

struct Verification {
  std::string format;  // as Scan::format
  std::size_t datasets = 0;
  std::size_t checksums = 0;  // compared: members of a zip, datasets with a checksum of ours
  std::vector<std::string> problems;
};

// Throws FileError only when there is nothing to look at.
Verification verify_file(const std::string& path);

// Is it an HDF5 file without an architecture? False also for what cannot be read.
bool holds_weights_only(const std::string& path);

}  // namespace cornu::saving
