// The members of a zip archive whose directory may be lost, found by the header that stands before each of them.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace cornu::saving {

struct SalvagedMember {
  std::string bytes;      // as far as they are there
  bool is_whole = false;  // all of them, with the right checksum
};

// By name. What is compressed is given only when it is whole. `lost` gets a sentence for what is not.
std::map<std::string, SalvagedMember> salvage_zip(std::string_view archive, std::vector<std::string>& lost);

}  // namespace cornu::saving
