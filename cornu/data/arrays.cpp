#include "cornu/data/arrays.h"

#include <algorithm>
#include <cstring>

#include "cornu/core/error.h"

namespace cornu::data {
namespace {

Tensor element(const Tensor& t, std::int64_t i) { return t.rows(i, i + 1).reshape(t.shape().slice(1, t.rank())); }

// The first `count` rows of `from` in new memory for `capacity` rows.
Tensor with_capacity(const Tensor& from, std::int64_t count, std::int64_t capacity, const Tensor& like) {
  Tensor out = Tensor::empty(like.shape().with_batch(capacity), like.dtype());
  if (count > 0) std::memcpy(out.mutable_raw(), from.raw(), static_cast<std::size_t>(count) * like.bytes());
  return out;
}

void put(Tensor& into, std::int64_t row, const Tensor& value) {
  if (value.bytes() == 0) return;
  std::memcpy(static_cast<char*>(into.mutable_raw()) + static_cast<std::size_t>(row) * value.bytes(), value.raw(),
              value.bytes());
}

void check_same(const Tensor& got, const Tensor& first, std::string_view what, std::int64_t index) {
  if (got.shape() == first.shape() && got.dtype() == first.dtype()) return;
  throw ValueError(cat("samples must be alike to become one array\n  received: ", what, " of sample ", index,
                       " with shape ", got.shape(), " of ", name_of(got.dtype()), "\n  expected: shape ", first.shape(),
                       " of ", name_of(first.dtype()), ", as sample 0 has"));
}

}  // namespace

Sample Arrays::at(std::int64_t i) const {
  if (i < 0 || i >= size())
    throw ValueError(cat("there is no sample ", i, "\n  expected: 0 to ", size() - 1, ", for x of shape ", x.shape()));
  return {element(x, i), has_y() ? std::optional<Tensor>(element(y, i)) : std::nullopt};
}

Arrays Arrays::rows(std::int64_t begin, std::int64_t end) const {
  return {x.rows(begin, end), has_y() ? y.rows(begin, end) : Tensor()};
}

void check_arrays(const Arrays& arrays, std::string_view who) {
  if (arrays.x.rank() == 0) throw ValueError(cat(who, " expects x with a first axis of samples\n  received: a scalar"));
  if (arrays.has_y() && (arrays.y.rank() == 0 || arrays.y.dim(0) != arrays.x.dim(0)))
    throw ValueError(cat(who, " expects as many targets as samples\n  received: x of shape ", arrays.x.shape(),
                         " and y of shape ", arrays.y.shape(),
                         "\n  expected: the same first dimension; are these files of one set?"));
}

Arrays as_row(const Sample& sample) {
  return {sample.x.reshape(sample.x.shape().with_batch(1)),
          sample.y ? sample.y->reshape(sample.y->shape().with_batch(1)) : Tensor()};
}

void ArraysBuilder::grow(std::int64_t capacity) {
  arrays_.x = with_capacity(arrays_.x, count_, capacity, first_->x);
  if (first_->y) arrays_.y = with_capacity(arrays_.y, count_, capacity, *first_->y);
  capacity_ = capacity;
}

void ArraysBuilder::add(const Sample& sample) {
  if (!first_) {
    first_ = sample;
    grow(capacity_ > 0 ? capacity_ : 16);
  }
  check_same(sample.x, first_->x, "x", count_);
  if (sample.y.has_value() != first_->y.has_value())
    throw ValueError(cat("either every sample has a target or none\n  received: sample ", count_,
                         sample.y ? " with" : " without", " a target, unlike sample 0"));
  if (sample.y) check_same(*sample.y, *first_->y, "y", count_);
  if (count_ == capacity_) grow(capacity_ * 2);
  put(arrays_.x, count_, sample.x);
  if (sample.y) put(arrays_.y, count_, *sample.y);
  ++count_;
}

Arrays ArraysBuilder::finish() {
  Arrays out = std::move(arrays_);
  if (first_ && count_ < capacity_) out = out.rows(0, count_);
  *this = ArraysBuilder();
  return out;
}

}  // namespace cornu::data
