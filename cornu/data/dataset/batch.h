// A dataset as a sequence of batches.
//   for (const Arrays& b : batch(train, 32)) model.train_on_batch(b.x, b.y);
#pragma once

#include <cstdint>

#include "cornu/data/dataset/dataset.h"

namespace cornu::data {

class Batches {
 public:
  Batches(Dataset dataset, std::int64_t batch_size, bool drop_remainder);

  // Number of batches.
  std::int64_t size() const;
  // Batch i: x of shape (batch_size, ...); the last one may have fewer rows. Throws ValueError when there is no batch
  // i.
  Arrays at(std::int64_t i) const;

  class Iterator {
   public:
    Iterator(const Batches* batches, std::int64_t i) : batches_(batches), i_(i) {}
    Arrays operator*() const { return batches_->at(i_); }
    Iterator& operator++() { return ++i_, *this; }
    bool operator==(const Iterator&) const = default;

   private:
    const Batches* batches_;
    std::int64_t i_;
  };
  Iterator begin() const { return {this, 0}; }
  Iterator end() const { return {this, size()}; }

 private:
  Dataset dataset_;
  std::int64_t batch_size_;
  bool drop_remainder_;
};

struct BatchOptions {
  bool drop_remainder = false;  // leave out a last batch that is not full
};

// Throws ValueError for batch_size < 1.
Batches batch(Dataset dataset, std::int64_t batch_size, BatchOptions options = {});

}  // namespace cornu::data
