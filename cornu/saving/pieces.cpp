#include "cornu/saving/pieces.h"

namespace cornu::saving {

void Pieces::add(std::string bytes) {
  if (bytes.empty()) return;
  size_ += bytes.size();
  own_.push_back(std::move(bytes));
  views_.push_back(own_.back());
}

void Pieces::add(const Tensor& tensor, std::string_view bytes) {
  if (bytes.empty()) return;
  size_ += bytes.size();
  tensors_.push_back(tensor);
  views_.push_back(bytes);
}

}  // namespace cornu::saving
