// Zip archives without compression, byte for byte as Python's zipfile writes them.
#pragma once

#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

namespace cornu::saving {

struct ZipMember {
  std::string name;
  std::vector<std::string_view> bytes;  // one piece after the other
  std::tm time;                         // local time; zip knows years from 1980 and even seconds
};

// Midnight of 1980-01-01, what zipfile gives to members without a time.
std::tm zip_epoch();

// The archive in parts, in order: headers that `storage` keeps alive, and the members' own bytes.
std::vector<std::string_view> stored_zip(const std::vector<ZipMember>& members, std::vector<std::string>& storage);

}  // namespace cornu::saving
