// Batches: arrays cut into batches, in order or shuffled. Nothing is copied: in order, a batch is a view; shuffled, it
// is the numbers of its rows, which the step takes from the whole arrays itself.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "cornu/core/tensor.h"
#include "cornu/ir/value.h"

namespace cornu {

// What a step reads: inputs, targets (may be empty), sample weights (may be absent).
struct DataArrays {
  std::vector<Tensor> x, y;
  std::vector<Tensor> sample_weight;  // none, or one for each target, float32 (n,)

  std::int64_t samples() const { return x.empty() || x[0].rank() == 0 ? 0 : x[0].dim(0); }
  DataArrays rows(std::int64_t begin, std::int64_t end) const;
};

// The types of `batch` rows of each array.
std::vector<ir::Type> batch_types(const std::vector<Tensor>& arrays, std::int64_t batch);

// Which rows of each batch are this process's, when several share them.
struct Ranks {
  int rank = 0, size = 1;
};

class Batches {
 public:
  Batches(const DataArrays& data, std::int64_t batch_size, Ranks ranks = {});

  std::int64_t count() const { return count_; }
  std::int64_t batch_size() const { return batch_size_; }
  // Samples in batch b; the last one may be smaller.
  std::int64_t size(std::int64_t b) const;
  // What this process has of batch b: neighbouring rows, as many as the others or one less.
  Builder::Share share(std::int64_t b) const;
  // Rows that its step takes: those, or one that counts nothing.
  std::int64_t rows(std::int64_t b) const { return std::max<std::int64_t>(share(b).rows, 1); }
  // From now on rows come in a permutation that depends on the seed alone.
  void shuffle(std::uint64_t seed);
  // Rows stay in their order, or in the last permutation, but come by their numbers, as shuffled ones do.
  void number_rows();
  bool shuffled() const { return !order_.empty(); }
  // Makes this process's part of batch b current. In order, data(i) then points to its rows; shuffled, to all rows, and
  // rows() to the numbers of those that it consists of (uint32). Inputs, targets, sample weights in one numbering.
  void select(std::int64_t b);
  const void* data(std::size_t i) const { return pointers_[i]; }
  const void* rows() const { return rows_; }

 private:
  std::vector<Tensor> arrays_;
  std::vector<std::size_t> row_bytes_;
  std::vector<const void*> pointers_;
  std::vector<std::uint32_t> order_;
  const std::uint32_t* rows_ = nullptr;
  std::int64_t samples_, batch_size_, count_;
  Ranks ranks_;
};

}  // namespace cornu
