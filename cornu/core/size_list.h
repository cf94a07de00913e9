// SizeList: what Keras writes as `kernel_size=3`, `kernel_size=(3, 5)` or `strides=None`: a number for each axis, or
// one for all.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "cornu/core/error.h"

namespace cornu {

class SizeList {
 public:
  SizeList() = default;  // None
  SizeList(std::int64_t size) : sizes_{size} {}
  SizeList(std::initializer_list<std::int64_t> sizes) : sizes_(sizes) {}
  explicit SizeList(std::vector<std::int64_t> sizes) : sizes_(std::move(sizes)) {}

  bool is_none() const { return sizes_.empty(); }
  const std::vector<std::int64_t>& sizes() const { return sizes_; }

  // One number for each of `axes`, none below `least`. Throws ValueError that begins with `what`, a class's name.
  std::vector<std::int64_t> for_axes(int axes, std::string_view what, std::string_view argument,
                                     std::int64_t least = 1) const {
    std::vector<std::int64_t> out = sizes_;
    if (out.size() == 1) out.assign(static_cast<std::size_t>(axes), out[0]);
    bool fits = static_cast<int>(out.size()) == axes;
    for (const std::int64_t n : out) fits = fits && n >= least;
    if (fits) return out;
    std::vector<std::string> given;
    for (const std::int64_t n : sizes_) given.push_back(std::to_string(n));
    throw ValueError(cat("[", what, "] received: ", argument, "=(", join(given, ", "), ")\n  expected: one number or ",
                         axes, ", each at least ", least));
  }

 private:
  std::vector<std::int64_t> sizes_;
};

}  // namespace cornu
