// SHA-256 (FIPS 180-4), for checking downloads. Small and plain; not for secrets.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

namespace cornu::data {

class Sha256 {
 public:
  void update(std::span<const std::uint8_t> bytes);
  // The digest as 64 lower-case hexadecimal digits; the object is used up.
  std::string finish();

 private:
  void block(const std::uint8_t* p);

  std::array<std::uint32_t, 8> state_ = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                         0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<std::uint8_t, 64> pending_{};
  std::size_t used_ = 0;
  std::uint64_t total_ = 0;
};

// Of a whole file, read piece by piece. Throws FileError when it cannot be read.
std::string sha256_of_file(const std::string& path);

}  // namespace cornu::data
