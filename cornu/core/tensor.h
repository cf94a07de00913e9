// Tensor: a dense, contiguous, row-major array on the host. Copying a Tensor copies a handle; writing through
// mutable_data() first detaches from other handles, so a Tensor behaves as a value.
// Not here: symbolic values (ir/value.h) and arithmetic beyond what preparing data needs.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <ostream>
#include <vector>

#include "cornu/core/dtype.h"
#include "cornu/core/shape.h"

namespace cornu {

class Tensor {
 public:
  // An empty tensor: shape (0,), float32.
  Tensor() : Tensor(nullptr, Shape{0}, float32, nullptr, false) {}
  // Zeros of the given shape. Throws ValueError when a dimension is negative or the size overflows.
  explicit Tensor(Shape shape, DType dtype = float32);

  // Uninitialized memory, for a caller that writes all of it.
  static Tensor empty(Shape shape, DType dtype = float32);
  static Tensor full(Shape shape, double value, DType dtype = float32);
  template <class T>
  static Tensor scalar(T value) {
    Tensor t = empty(Shape{}, dtype_of<T>);
    *t.mutable_data<T>() = value;
    return t;
  }
  // Throws ValueError when values.size() is not shape.size().
  template <class T>
  static Tensor from(const std::vector<T>& values, Shape shape);
  template <class T>
  static Tensor from(const std::vector<T>& values) {
    return from(values, Shape{static_cast<std::int64_t>(values.size())});
  }
  // Memory that belongs to somebody else and outlives all handles (kept alive by `owner` when given); never written.
  static Tensor borrow(const void* data, Shape shape, DType dtype, std::shared_ptr<const void> owner = nullptr);

  const Shape& shape() const { return shape_; }
  std::int64_t dim(int i) const { return shape_.at(i); }
  int rank() const { return shape_.rank(); }
  std::int64_t size() const { return size_; }
  std::size_t bytes() const { return static_cast<std::size_t>(size_) * size_of(dtype_); }
  DType dtype() const { return dtype_; }

  const void* raw() const { return data_; }
  void* mutable_raw();
  // Throw ValueError when T is not the tensor's dtype.
  template <class T>
  const T* data() const {
    check_type(dtype_of<T>);
    return static_cast<const T*>(data_);
  }
  template <class T>
  T* mutable_data() {
    check_type(dtype_of<T>);
    return static_cast<T*>(mutable_raw());
  }
  // The element at a flat position, converted.
  double at(std::int64_t flat) const;
  // The only element. Throws ValueError when there are more.
  double item() const;
  template <class T>
  std::vector<T> to_vector() const;

  // Same elements, another shape; one dimension may be -1. Shares the memory.
  Tensor reshape(Shape shape) const&;
  Tensor reshape(Shape shape) &&;
  // Rows [begin, end) of the first axis. Shares the memory.
  Tensor rows(std::int64_t begin, std::int64_t end) const;
  // Converts elements as numpy's astype does (floats to integers truncate, to bool: non-zero). Shares when equal.
  Tensor astype(DType dtype) const;
  // A deep copy.
  Tensor copy() const;
  // Exchanges axes: perm[i] is the source axis of result axis i. Default: reverse.
  Tensor transpose(std::vector<int> perm = {}) const;
  // Index of the largest element along `axis` (first of ties), int64.
  Tensor argmax(int axis = -1) const;
  double sum() const;
  double mean() const;

  // Same shape, dtype and bytes.
  bool operator==(const Tensor& other) const;
  // The address of the memory is shared by both.
  bool shares_memory_with(const Tensor& other) const { return owner_ && owner_ == other.owner_; }

 private:
  Tensor(const void* data, Shape shape, DType dtype, std::shared_ptr<const void> owner, bool writable);
  void check_type(DType wanted) const;

  Shape shape_;
  DType dtype_ = float32;
  std::int64_t size_ = 0;
  bool writable_ = true;
  const void* data_ = nullptr;
  std::shared_ptr<const void> owner_;
};

// Elementwise with a number or, shapes broadcast as numpy's, with another tensor. Integers become float32 for `/`
// and for a number with a fraction; otherwise the left side's dtype stays. An rvalue that nobody shares is reused.
Tensor operator+(Tensor a, double b);
Tensor operator-(Tensor a, double b);
Tensor operator*(Tensor a, double b);
Tensor operator/(Tensor a, double b);
Tensor operator+(const Tensor& a, const Tensor& b);
Tensor operator-(const Tensor& a, const Tensor& b);
Tensor operator*(const Tensor& a, const Tensor& b);
Tensor operator/(const Tensor& a, const Tensor& b);

// Shape, dtype and the first elements, for messages and debugging.
std::ostream& operator<<(std::ostream& out, const Tensor& tensor);

}  // namespace cornu
