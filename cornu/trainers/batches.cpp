#include "cornu/trainers/batches.h"

#include <algorithm>
#include <cstring>

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

Batches::Batches(const DataArrays& data, std::int64_t batch_size)
    : samples_(data.samples()), batch_size_(batch_size), count_((samples_ + batch_size - 1) / batch_size) {
  for (const auto* list : {&data.x, &data.y, &data.sample_weight})
    for (const Tensor& t : *list) {
      arrays_.push_back(t);
      row_bytes_.push_back(samples_ == 0 ? 0 : t.bytes() / static_cast<std::size_t>(samples_));
      pointers_.push_back(t.raw());
    }
}

std::int64_t Batches::size(std::int64_t b) const { return std::min(batch_size_, samples_ - b * batch_size_); }

void Batches::shuffle(std::uint64_t seed) {
  if (samples_ > std::int64_t{0xffffffff}) throw ValueError("shuffling is limited to 4,294,967,295 samples");
  order_.resize(static_cast<std::size_t>(samples_));
  random_permutation(seed, order_);
  if (buffers_.empty())
    for (const std::size_t bytes : row_bytes_)
      buffers_.push_back(Tensor::empty({static_cast<std::int64_t>(bytes) * batch_size_}, uint8));
}

void Batches::gather(std::size_t array, std::int64_t b) {
  const std::size_t bytes = row_bytes_[array];
  const char* source = static_cast<const char*>(arrays_[array].raw());
  char* target = static_cast<char*>(buffers_[array].mutable_raw());
  const std::uint32_t* rows = order_.data() + b * batch_size_;
  const std::int64_t n = size(b);
  for (std::int64_t i = 0; i < n; ++i) std::memcpy(target + static_cast<std::size_t>(i) * bytes, source + rows[i] * bytes, bytes);
  pointers_[array] = target;
}

void Batches::prefetch(std::size_t array, std::int64_t b) const {
  // Rows lie scattered over memory, so hardware cannot guess them; a step's computation hides the wait. More than
  // 256 KiB would push the step's own data out of the cache.
  constexpr std::size_t kLine = 64, kBudget = std::size_t{256} << 10;
  const std::size_t bytes = row_bytes_[array];
  if (bytes * static_cast<std::size_t>(size(b)) > kBudget) return;
  const char* source = static_cast<const char*>(arrays_[array].raw());
  const std::uint32_t* rows = order_.data() + b * batch_size_;
  for (std::int64_t i = 0; i < size(b); ++i)
    for (std::size_t at = 0; at < bytes; at += kLine) __builtin_prefetch(source + rows[i] * bytes + at, 0, 2);
}

void Batches::select(std::int64_t b) {
  for (std::size_t a = 0; a < arrays_.size(); ++a) {
    if (order_.empty()) {
      pointers_[a] = static_cast<const char*>(arrays_[a].raw()) + static_cast<std::size_t>(b * batch_size_) * row_bytes_[a];
    } else {
      gather(a, b);
      if (b + 1 < count_) prefetch(a, b + 1);
    }
  }
}

}  // namespace cornu
