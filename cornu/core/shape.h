// Shape: the dimensions of a tensor or of a symbolic value, outermost first. A dimension of -1 is Keras's None.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <ostream>
#include <string>
#include <vector>

namespace cornu {

class Shape {
 public:
  static constexpr std::int64_t kNone = -1;

  Shape() = default;
  Shape(std::initializer_list<std::int64_t> dims) : dims_(dims) {}
  explicit Shape(std::vector<std::int64_t> dims) : dims_(std::move(dims)) {}

  int rank() const { return static_cast<int>(dims_.size()); }
  bool empty() const { return dims_.empty(); }
  std::int64_t operator[](int i) const { return dims_[static_cast<std::size_t>(i)]; }
  std::int64_t& operator[](int i) { return dims_[static_cast<std::size_t>(i)]; }
  // Negative positions count from the end, as in Python; no check.
  std::int64_t at(int i) const { return dims_[static_cast<std::size_t>(i < 0 ? i + rank() : i)]; }
  std::int64_t back() const { return dims_.back(); }
  const std::vector<std::int64_t>& dims() const { return dims_; }
  auto begin() const { return dims_.begin(); }
  auto end() const { return dims_.end(); }
  void push_back(std::int64_t dim) { dims_.push_back(dim); }
  void insert(int at, std::int64_t dim) { dims_.insert(dims_.begin() + at, dim); }
  void erase(int at) { dims_.erase(dims_.begin() + at); }

  // Number of elements; every dimension must be known. A scalar has one.
  std::int64_t size() const {
    std::int64_t n = 1;
    for (const std::int64_t d : dims_) n *= d;
    return n;
  }
  bool is_static() const {
    for (const std::int64_t d : dims_)
      if (d < 0) return false;
    return true;
  }
  // Dimensions [begin, end), positions counted as in Python.
  Shape slice(int begin, int end) const {
    return Shape(std::vector<std::int64_t>(dims_.begin() + begin, dims_.begin() + end));
  }
  Shape with_batch(std::int64_t batch) const {
    Shape out = *this;
    out.dims_.insert(out.dims_.begin(), batch);
    return out;
  }

  bool operator==(const Shape&) const = default;

 private:
  std::vector<std::int64_t> dims_;
};

// A shape or nothing, written without ceremony: .input_shape = {784}.
class OptionalShape {
 public:
  OptionalShape() = default;
  OptionalShape(std::initializer_list<std::int64_t> dims) : shape_(dims), given_(dims.size() > 0) {}
  OptionalShape(Shape shape) : shape_(std::move(shape)), given_(true) {}

  explicit operator bool() const { return given_; }
  const Shape& operator*() const { return shape_; }
  const Shape* operator->() const { return &shape_; }

 private:
  Shape shape_;
  bool given_ = false;
};

// "(None, 784)", "(3,)", "()": as Python prints a tuple.
std::string to_string(const Shape& shape);
std::ostream& operator<<(std::ostream& out, const Shape& shape);

// Element strides of a contiguous row-major tensor.
std::vector<std::int64_t> row_major_strides(const Shape& shape);

// The shape that numpy's broadcasting gives to a and b. Throws ValueError, naming both, when there is none.
Shape broadcast_shapes(const Shape& a, const Shape& b);

}  // namespace cornu
