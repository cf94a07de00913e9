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

std::vector<ir::Type> batch_types(const std::vector<Tensor>& arrays, std::int64_t batch) {
  std::vector<ir::Type> out;
  for (const Tensor& t : arrays) out.push_back({t.dtype(), t.shape().slice(1, t.rank()).with_batch(batch)});
  return out;
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

// Rows lie scattered over memory, and hardware cannot guess the next one. So while one row is copied, the row four
// further on is being fetched, line by line: in one burst the requests would wait for each other. (Measured on 784
// floats a row: 7.5 us a batch of 32 against 12.1 us of plain copying and 9.5 us of fetching a batch ahead.)
void Batches::gather(std::size_t array, std::int64_t b) {
  constexpr std::size_t kLine = 64;
  constexpr std::int64_t kAhead = 4;
  const std::size_t bytes = row_bytes_[array];
  const char* source = static_cast<const char*>(arrays_[array].raw());
  char* target = static_cast<char*>(buffers_[array].mutable_raw());
  const std::uint32_t* rows = order_.data() + b * batch_size_;
  // The first rows of the next batch are the ones ahead of the last rows of this one.
  const std::int64_t last = samples_ - b * batch_size_ - 1;
  const std::int64_t n = size(b);
  for (std::int64_t i = 0; i < n; ++i, target += bytes) {
    const char* row = source + rows[i] * bytes;
    const char* next = source + rows[std::min(i + kAhead, last)] * bytes;
    std::size_t at = 0;
    for (; at + kLine <= bytes; at += kLine) {
      __builtin_prefetch(next + at, 0, 2);
      std::memcpy(target + at, row + at, kLine);
    }
    std::memcpy(target + at, row + at, bytes - at);
  }
  pointers_[array] = buffers_[array].raw();
}

void Batches::select(std::int64_t b) {
  for (std::size_t a = 0; a < arrays_.size(); ++a) {
    if (order_.empty()) {
      pointers_[a] =
          static_cast<const char*>(arrays_[a].raw()) + static_cast<std::size_t>(b * batch_size_) * row_bytes_[a];
    } else {
      gather(a, b);
    }
  }
}

}  // namespace cornu
