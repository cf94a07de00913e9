// Pieces: the bytes of a file, most of which lie in tensors already. A model of gigabytes is written from where it is.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "cornu/core/tensor.h"

namespace cornu::saving {

class Pieces {
 public:
  Pieces() = default;
  explicit Pieces(std::string bytes) { add(std::move(bytes)); }
  Pieces(Pieces&&) = default;
  Pieces& operator=(Pieces&&) = default;
  Pieces(const Pieces&) = delete;  // the views would be those of the original
  Pieces& operator=(const Pieces&) = delete;

  void add(std::string bytes);
  // Bytes of a tensor, which is kept alive.
  void add(const Tensor& tensor, std::string_view bytes);

  // In the order of the file.
  const std::vector<std::string_view>& views() const { return views_; }
  std::uint64_t size() const { return size_; }

 private:
  std::vector<std::string_view> views_;
  std::deque<std::string> own_;  // elements of a deque stay where they are
  std::vector<Tensor> tensors_;
  std::uint64_t size_ = 0;
};

}  // namespace cornu::saving
