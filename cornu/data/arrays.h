// The two forms in which data travels: one Sample at a time (sensors, judges), and whole Arrays (trainers).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "cornu/core/tensor.h"

namespace cornu::data {

// One observation: x without a batch axis, such as (28, 28), and its target when there is one, such as () or (10,).
struct Sample {
  Tensor x = {};
  std::optional<Tensor> y = std::nullopt;
};

// n observations in contiguous memory: x of shape (n, ...), y of shape (n, ...) or, without targets, empty.
struct Arrays {
  Tensor x = {};
  Tensor y = {};

  std::int64_t size() const { return x.rank() == 0 ? 0 : x.dim(0); }
  bool has_y() const { return y.size() > 0; }
  // Observation i. Shares the memory. Throws ValueError when i is outside.
  Sample at(std::int64_t i) const;
  // Observations [begin, end). Shares the memory. Throws ValueError when the range is not inside.
  Arrays rows(std::int64_t begin, std::int64_t end) const;
};

// Throws ValueError unless x has a first axis and y, when there is one, has the same number of rows.
// `who` stands in front of the message: "[split]".
void check_arrays(const Arrays& arrays, std::string_view who);

// One sample as arrays of one row, and back; shares the memory.
Arrays as_row(const Sample& sample);

// Collects samples into contiguous arrays.
class ArraysBuilder {
 public:
  // `expected`: the number of samples if known, so that memory is allocated once; else it grows by doubling.
  explicit ArraysBuilder(std::int64_t expected = 0) : capacity_(expected) {}
  // Throws ValueError when shape, dtype or the presence of a target differs from the first sample.
  void add(const Sample& sample);
  std::int64_t size() const { return count_; }
  // Without any sample: empty arrays.
  Arrays finish();

 private:
  void grow(std::int64_t capacity);

  std::int64_t capacity_ = 0;
  std::int64_t count_ = 0;
  std::optional<Sample> first_;
  Arrays arrays_;
};

}  // namespace cornu::data
