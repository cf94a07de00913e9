#include "cornu/core/tensor.h"

#include <sys/mman.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>

#include "cornu/core/error.h"

namespace cornu {
namespace {

constexpr std::size_t kAlignment = 64;
// Above this, ask the kernel for huge pages: a data set of 188 MB then costs 94 page faults instead of 46,000.
constexpr std::size_t kHugePage = std::size_t{2} << 20;

std::shared_ptr<void> allocate(std::size_t bytes) {
  const bool huge = bytes >= 2 * kHugePage;
  const std::size_t alignment = huge ? kHugePage : kAlignment;
  const std::size_t rounded = (std::max<std::size_t>(bytes, 1) + kAlignment - 1) / kAlignment * kAlignment;
  void* memory = nullptr;
  if (posix_memalign(&memory, alignment, rounded) != 0) throw std::bad_alloc();
  if (huge) madvise(memory, rounded, MADV_HUGEPAGE);
  return std::shared_ptr<void>(memory, [](void* p) { std::free(p); });
}

std::int64_t checked_size(const Shape& shape, DType dtype) {
  std::int64_t n = 1;
  for (const std::int64_t d : shape) {
    if (d < 0)
      throw ValueError(
          cat("a tensor needs known dimensions\n  received: shape ", shape, "\n  expected: every dimension >= 0"));
    if (d != 0 && n > std::numeric_limits<std::int64_t>::max() / 16 / d)
      throw ValueError(
          cat("a tensor of this shape is larger than any memory\n  received: shape ", shape, " of ", name_of(dtype)));
    n *= d;
  }
  return n;
}

template <class To, class From>
To convert(From value) {
  if constexpr (std::is_same_v<To, bool>) {
    return static_cast<float>(value) != 0.0f;
  } else if constexpr (std::is_same_v<To, Half> || std::is_same_v<To, BFloat16>) {
    return To(static_cast<float>(value));
  } else if constexpr (std::is_integral_v<To> && !std::is_integral_v<From>) {
    // Out of range is undefined in C++ and machine-dependent in numpy: saturate, NaN becomes 0.
    const double d = static_cast<double>(value);
    if (std::isnan(d)) return To{0};
    if (d <= static_cast<double>(std::numeric_limits<To>::min())) return std::numeric_limits<To>::min();
    if (d >= static_cast<double>(std::numeric_limits<To>::max())) return std::numeric_limits<To>::max();
    return static_cast<To>(d);
  } else {
    return static_cast<To>(value);
  }
}

}  // namespace

Tensor::Tensor(const void* data, Shape shape, DType dtype, std::shared_ptr<const void> owner, bool writable)
    : shape_(std::move(shape)),
      dtype_(dtype),
      size_(checked_size(shape_, dtype)),
      writable_(writable),
      data_(data),
      owner_(std::move(owner)) {}

Tensor::Tensor(Shape shape, DType dtype) : Tensor(empty(std::move(shape), dtype)) {
  if (size_ > 0) std::memset(mutable_raw(), 0, bytes());
}

Tensor Tensor::empty(Shape shape, DType dtype) {
  const std::int64_t size = checked_size(shape, dtype);
  auto memory = allocate(static_cast<std::size_t>(size) * size_of(dtype));
  const void* data = memory.get();
  return Tensor(data, std::move(shape), dtype, std::move(memory), true);
}

Tensor Tensor::borrow(const void* data, Shape shape, DType dtype, std::shared_ptr<const void> owner) {
  return Tensor(data, std::move(shape), dtype, std::move(owner), false);
}

Tensor Tensor::full(Shape shape, double value, DType dtype) {
  Tensor t = empty(std::move(shape), dtype);
  dispatch(dtype, [&](auto zero) {
    using T = decltype(zero);
    std::fill_n(t.mutable_data<T>(), t.size(), convert<T>(value));
  });
  return t;
}

template <class T>
Tensor Tensor::from(const std::vector<T>& values, Shape shape) {
  Tensor t = empty(std::move(shape), dtype_of<T>);
  if (static_cast<std::int64_t>(values.size()) != t.size())
    throw ValueError(
        cat("[Tensor::from] received: ", values.size(), " values\n  expected: ", t.size(), " for shape ", t.shape()));
  std::copy(values.begin(), values.end(), t.mutable_data<T>());
  return t;
}

template <class T>
std::vector<T> Tensor::to_vector() const {
  std::vector<T> out(static_cast<std::size_t>(size_));
  dispatch(dtype_, [&](auto zero) {
    using From = decltype(zero);
    const From* source = data<From>();
    for (std::int64_t i = 0; i < size_; ++i) out[static_cast<std::size_t>(i)] = convert<T>(source[i]);
  });
  return out;
}

#define CORNU_INSTANTIATE(T)                                     \
  template Tensor Tensor::from<T>(const std::vector<T>&, Shape); \
  template std::vector<T> Tensor::to_vector<T>() const;
CORNU_INSTANTIATE(bool)
CORNU_INSTANTIATE(std::int8_t)
CORNU_INSTANTIATE(std::int16_t)
CORNU_INSTANTIATE(std::int32_t)
CORNU_INSTANTIATE(std::int64_t)
CORNU_INSTANTIATE(std::uint8_t)
CORNU_INSTANTIATE(std::uint16_t)
CORNU_INSTANTIATE(std::uint32_t)
CORNU_INSTANTIATE(std::uint64_t)
CORNU_INSTANTIATE(Half)
CORNU_INSTANTIATE(BFloat16)
CORNU_INSTANTIATE(float)
CORNU_INSTANTIATE(double)
#undef CORNU_INSTANTIATE

void* Tensor::mutable_raw() {
  if (!writable_ || owner_.use_count() != 1) *this = copy();
  return const_cast<void*>(data_);
}

void Tensor::check_type(DType wanted) const {
  if (wanted != dtype_)
    throw ValueError(cat("a tensor's elements were asked for as another type\n  received: ", name_of(wanted),
                         "\n  expected: ", name_of(dtype_), "\n  convert first: x.astype(", name_of(wanted), ")"));
}

double Tensor::at(std::int64_t flat) const {
  if (flat < 0 || flat >= size_)
    throw ValueError(cat("position ", flat, " is outside of a tensor of ", size_, " elements"));
  return dispatch(dtype_, [&](auto zero) -> double {
    using T = decltype(zero);
    return convert<double>(static_cast<const T*>(data_)[flat]);
  });
}

double Tensor::item() const {
  if (size_ != 1) throw ValueError(cat("[item] expects a tensor of one element\n  received: shape ", shape_));
  return at(0);
}

Tensor Tensor::reshape(Shape shape) const& { return Tensor(*this).reshape(std::move(shape)); }

Tensor Tensor::reshape(Shape shape) && {
  std::int64_t known = 1;
  int free_axis = -1;
  for (int i = 0; i < shape.rank(); ++i) {
    if (shape[i] >= 0)
      known *= shape[i];
    else if (free_axis >= 0)
      throw ValueError(cat("[reshape] only one dimension may be -1\n  received: ", shape));
    else
      free_axis = i;
  }
  if (free_axis >= 0 && known != 0 && size_ % known == 0) shape[free_axis] = size_ / known;
  if (!shape.is_static() || shape.size() != size_)
    throw ValueError(cat("[reshape] cannot reshape ", shape_, " (", size_, " elements) into ", shape));
  Tensor out = std::move(*this);
  out.shape_ = std::move(shape);
  return out;
}

Tensor Tensor::rows(std::int64_t begin, std::int64_t end) const {
  if (rank() == 0 || begin < 0 || end < begin || end > dim(0))
    throw ValueError(
        cat("[rows] received: rows ", begin, " to ", end, "\n  expected: a range inside of shape ", shape_));
  Shape shape = shape_;
  shape[0] = end - begin;
  const std::size_t row_bytes = dim(0) == 0 ? 0 : bytes() / static_cast<std::size_t>(dim(0));
  const char* data = static_cast<const char*>(data_) + static_cast<std::size_t>(begin) * row_bytes;
  return Tensor(data, std::move(shape), dtype_, owner_, false);
}

Tensor Tensor::astype(DType dtype) const {
  if (dtype == dtype_) return *this;
  Tensor out = empty(shape_, dtype);
  dispatch(dtype_, [&](auto from_zero) {
    using From = decltype(from_zero);
    const From* source = data<From>();
    dispatch(dtype, [&](auto to_zero) {
      using To = decltype(to_zero);
      To* target = out.mutable_data<To>();
      for (std::int64_t i = 0; i < size_; ++i) target[i] = convert<To>(source[i]);
    });
  });
  return out;
}

Tensor Tensor::copy() const {
  Tensor out = empty(shape_, dtype_);
  if (size_ > 0) std::memcpy(const_cast<void*>(out.data_), data_, bytes());
  return out;
}

Tensor Tensor::transpose(std::vector<int> perm) const {
  if (perm.empty())
    for (int i = rank() - 1; i >= 0; --i) perm.push_back(i);
  std::vector<int> sorted = perm;
  std::sort(sorted.begin(), sorted.end());
  for (int i = 0; i < static_cast<int>(sorted.size()); ++i)
    if (static_cast<int>(perm.size()) != rank() || sorted[static_cast<std::size_t>(i)] != i)
      throw ValueError(cat("[transpose] expects each axis of ", shape_, " exactly once"));
  const std::vector<std::int64_t> source_strides = row_major_strides(shape_);
  Shape shape = shape_;
  std::vector<std::int64_t> strides(perm.size());
  for (int i = 0; i < rank(); ++i) {
    shape[i] = shape_[perm[static_cast<std::size_t>(i)]];
    strides[static_cast<std::size_t>(i)] = source_strides[static_cast<std::size_t>(perm[static_cast<std::size_t>(i)])];
  }
  Tensor out = empty(shape, dtype_);
  const std::size_t width = size_of(dtype_);
  const char* source = static_cast<const char*>(data_);
  char* target = static_cast<char*>(const_cast<void*>(out.data_));
  std::vector<std::int64_t> index(perm.size(), 0);
  std::int64_t offset = 0;
  for (std::int64_t n = 0; n < size_; ++n) {
    std::memcpy(target + static_cast<std::size_t>(n) * width, source + static_cast<std::size_t>(offset) * width, width);
    for (int axis = rank() - 1; axis >= 0; --axis) {
      const auto a = static_cast<std::size_t>(axis);
      offset += strides[a];
      if (++index[a] < shape[axis]) break;
      offset -= strides[a] * shape[axis];
      index[a] = 0;
    }
  }
  return out;
}

Tensor Tensor::argmax(int axis) const {
  const int a = axis < 0 ? axis + rank() : axis;
  if (a < 0 || a >= rank() || dim(a) == 0)
    throw ValueError(cat("[argmax] no axis ", axis, " with elements in shape ", shape_));
  std::int64_t inner = 1, outer = 1;
  for (int i = 0; i < rank(); ++i) (i < a ? outer : inner) *= i == a ? 1 : shape_[i];
  Shape shape = shape_;
  shape.erase(a);
  Tensor out = empty(shape, int64);
  std::int64_t* target = out.mutable_data<std::int64_t>();
  const std::int64_t length = dim(a);
  dispatch(dtype_, [&](auto zero) {
    using T = decltype(zero);
    const T* source = data<T>();
    for (std::int64_t o = 0; o < outer; ++o)
      for (std::int64_t i = 0; i < inner; ++i) {
        const T* first = source + o * length * inner + i;
        std::int64_t best = 0;
        for (std::int64_t k = 1; k < length; ++k)
          if (first[k * inner] > first[best * inner]) best = k;
        target[o * inner + i] = best;
      }
  });
  return out;
}

double Tensor::sum() const {
  return dispatch(dtype_, [&](auto zero) {
    using T = decltype(zero);
    const T* source = static_cast<const T*>(data_);
    double total = 0;
    for (std::int64_t i = 0; i < size_; ++i) total += convert<double>(source[i]);
    return total;
  });
}

double Tensor::mean() const { return sum() / static_cast<double>(size_); }

bool Tensor::operator==(const Tensor& other) const {
  return dtype_ == other.dtype_ && shape_ == other.shape_ &&
         (size_ == 0 || data_ == other.data_ || std::memcmp(data_, other.data_, bytes()) == 0);
}

namespace {

template <class F>
Tensor with_number(Tensor a, double b, bool division, F f) {
  const bool exact = !division && b == std::floor(b);
  if (!is_floating(a.dtype()) && !exact) a = a.astype(float32);
  Tensor out = std::move(a);
  const std::int64_t n = out.size();
  dispatch(out.dtype(), [&](auto zero) {
    using T = decltype(zero);
    T* x = out.mutable_data<T>();
    if constexpr (std::is_same_v<T, float> || std::is_same_v<T, double>) {
      const T number = static_cast<T>(b);
      for (std::int64_t i = 0; i < n; ++i) x[i] = f(x[i], number);
    } else {
      for (std::int64_t i = 0; i < n; ++i) x[i] = convert<T>(f(convert<double>(x[i]), b));
    }
  });
  return out;
}

template <class F>
Tensor with_tensor(const Tensor& a, const Tensor& b, bool division, F f) {
  const Shape shape = broadcast_shapes(a.shape(), b.shape());
  DType dtype = is_floating(a.dtype()) || !is_floating(b.dtype()) ? a.dtype() : b.dtype();
  if (division && !is_floating(dtype)) dtype = float32;
  const Tensor x = a.astype(dtype);
  const Tensor y = b.astype(dtype);
  Tensor out = Tensor::empty(shape, dtype);
  const auto strides = [&](const Tensor& t) {
    std::vector<std::int64_t> s(static_cast<std::size_t>(shape.rank()), 0);
    const std::vector<std::int64_t> own = row_major_strides(t.shape());
    const int shift = shape.rank() - t.rank();
    for (int i = 0; i < t.rank(); ++i)
      if (t.dim(i) != 1) s[static_cast<std::size_t>(i + shift)] = own[static_cast<std::size_t>(i)];
    return s;
  };
  const std::vector<std::int64_t> sx = strides(x), sy = strides(y);
  dispatch(dtype, [&](auto zero) {
    using T = decltype(zero);
    using Wide = std::conditional_t<std::is_same_v<T, float>, float, double>;
    const T* px = x.data<T>();
    const T* py = y.data<T>();
    T* target = out.mutable_data<T>();
    std::vector<std::int64_t> index(sx.size(), 0);
    std::int64_t ox = 0, oy = 0;
    for (std::int64_t n = 0; n < out.size(); ++n) {
      target[n] = convert<T>(f(static_cast<Wide>(px[ox]), static_cast<Wide>(py[oy])));
      for (int axis = shape.rank() - 1; axis >= 0; --axis) {
        const auto i = static_cast<std::size_t>(axis);
        ox += sx[i];
        oy += sy[i];
        if (++index[i] < shape[axis]) break;
        ox -= sx[i] * shape[axis];
        oy -= sy[i] * shape[axis];
        index[i] = 0;
      }
    }
  });
  return out;
}

}  // namespace

Tensor operator+(Tensor a, double b) {
  return with_number(std::move(a), b, false, [](auto x, auto y) { return x + y; });
}
Tensor operator-(Tensor a, double b) {
  return with_number(std::move(a), b, false, [](auto x, auto y) { return x - y; });
}
Tensor operator*(Tensor a, double b) {
  return with_number(std::move(a), b, false, [](auto x, auto y) { return x * y; });
}
Tensor operator/(Tensor a, double b) {
  return with_number(std::move(a), b, true, [](auto x, auto y) { return x / y; });
}
Tensor operator+(const Tensor& a, const Tensor& b) {
  return with_tensor(a, b, false, [](auto x, auto y) { return x + y; });
}
Tensor operator-(const Tensor& a, const Tensor& b) {
  return with_tensor(a, b, false, [](auto x, auto y) { return x - y; });
}
Tensor operator*(const Tensor& a, const Tensor& b) {
  return with_tensor(a, b, false, [](auto x, auto y) { return x * y; });
}
Tensor operator/(const Tensor& a, const Tensor& b) {
  return with_tensor(a, b, true, [](auto x, auto y) { return x / y; });
}

std::ostream& operator<<(std::ostream& out, const Tensor& tensor) {
  out << "Tensor(shape=" << tensor.shape() << ", dtype=" << name_of(tensor.dtype()) << ", [";
  const std::int64_t shown = std::min<std::int64_t>(tensor.size(), 8);
  for (std::int64_t i = 0; i < shown; ++i) out << (i ? ", " : "") << tensor.at(i);
  return out << (shown < tensor.size() ? ", ...])" : "])");
}

}  // namespace cornu
