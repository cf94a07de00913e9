#include "cornu/data/dataset/batch.h"

#include <algorithm>

#include "cornu/core/error.h"

namespace cornu::data {

Batches::Batches(Dataset dataset, std::int64_t batch_size, bool drop_remainder)
    : dataset_(std::move(dataset)), batch_size_(batch_size), drop_remainder_(drop_remainder) {
  if (batch_size < 1) throw ValueError(cat("[batch] received: batch_size = ", batch_size, "\n  expected: at least 1"));
}

std::int64_t Batches::size() const {
  return dataset_.size() / batch_size_ + (!drop_remainder_ && dataset_.size() % batch_size_ != 0 ? 1 : 0);
}

Arrays Batches::at(std::int64_t i) const {
  if (i < 0 || i >= size()) throw ValueError(cat("[batch] there is no batch ", i, "\n  expected: 0 to ", size() - 1));
  const std::int64_t begin = i * batch_size_;
  const std::int64_t end = begin + std::min(batch_size_, dataset_.size() - begin);
  ArraysBuilder builder(end - begin);
  for (std::int64_t k = begin; k < end; ++k) builder.add(dataset_.at(k));
  return builder.finish();
}

Batches batch(Dataset dataset, std::int64_t batch_size, BatchOptions options) {
  return Batches(std::move(dataset), batch_size, options.drop_remainder);
}

}  // namespace cornu::data
