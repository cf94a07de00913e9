#include "cornu/trainers/batches.h"

#include <algorithm>
#include <numeric>

#include "cornu/core/error.h"
#include "cornu/core/random.h"

namespace cornu {

DataArrays DataArrays::rows(std::int64_t begin, std::int64_t end) const {
  const auto cut = [&](const std::vector<Tensor>& arrays) {
    std::vector<Tensor> out;
    for (const Tensor& t : arrays) out.push_back(t.rows(begin, end));
    return out;
  };
  return {cut(x), cut(y), cut(sample_weight)};
}

std::vector<ir::Type> batch_types(const std::vector<Tensor>& arrays, std::int64_t batch) {
  std::vector<ir::Type> out;
  for (const Tensor& t : arrays) out.push_back({t.dtype(), t.shape().slice(1, t.rank()).with_batch(batch)});
  return out;
}

Batches::Batches(const DataArrays& data, std::int64_t batch_size, Ranks ranks)
    : samples_(data.samples()),
      batch_size_(batch_size),
      count_((samples_ + batch_size - 1) / batch_size),
      ranks_(ranks) {
  for (const auto* list : {&data.x, &data.y, &data.sample_weight})
    for (const Tensor& t : *list) {
      arrays_.push_back(t);
      row_bytes_.push_back(samples_ == 0 ? 0 : t.bytes() / static_cast<std::size_t>(samples_));
      pointers_.push_back(t.raw());
    }
}

std::int64_t Batches::size(std::int64_t b) const { return std::min(batch_size_, samples_ - b * batch_size_); }

Builder::Share Batches::share(std::int64_t b) const {
  const std::int64_t n = size(b);
  const std::int64_t begin = n * ranks_.rank / ranks_.size, end = n * (ranks_.rank + 1) / ranks_.size;
  return {ranks_.size, end - begin, n};
}

void Batches::shuffle(std::uint64_t seed) {
  if (samples_ > std::int64_t{0xffffffff}) throw ValueError("shuffling is limited to 4,294,967,295 samples");
  order_.resize(static_cast<std::size_t>(samples_));
  random_permutation(seed, order_);
}

void Batches::number_rows() {
  if (!order_.empty()) return;
  order_.resize(static_cast<std::size_t>(samples_));
  std::iota(order_.begin(), order_.end(), 0u);
}

void Batches::select(std::int64_t b) {
  // Who has no rows takes the first of all.
  const std::int64_t mine = share(b).rows > 0 ? size(b) * ranks_.rank / ranks_.size : 0;
  const std::int64_t begin = b * batch_size_ + mine;
  rows_ = order_.empty() ? nullptr : order_.data() + begin;
  const auto first = order_.empty() ? static_cast<std::size_t>(begin) : 0;
  for (std::size_t a = 0; a < arrays_.size(); ++a)
    pointers_[a] = static_cast<const char*>(arrays_[a].raw()) + first * row_bytes_[a];
}

}  // namespace cornu
