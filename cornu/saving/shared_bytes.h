// Bytes in memory, with what keeps them there: tensors of a model that was read may lie in its file's bytes.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "cornu/core/tensor.h"

namespace cornu::saving {

struct SharedBytes {
  std::shared_ptr<const void> owner;
  std::string_view view;

  SharedBytes() = default;
  SharedBytes(std::shared_ptr<const std::string> text) : owner(text), view(*text) {}
  explicit SharedBytes(std::string text) : SharedBytes(std::make_shared<const std::string>(std::move(text))) {}
  // A tensor's memory is in huge pages where it is large: a model of gigabytes is there without a million page faults.
  explicit SharedBytes(const Tensor& bytes)
      : owner(std::make_shared<const Tensor>(bytes)), view(static_cast<const char*>(bytes.raw()), bytes.bytes()) {}
  std::size_t size() const { return view.size(); }
};

}  // namespace cornu::saving
