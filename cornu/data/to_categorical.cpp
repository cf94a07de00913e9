#include "cornu/data/to_categorical.h"

#include <algorithm>

#include "cornu/core/error.h"

namespace cornu::utils {
namespace {

// Beyond this, a "largest class" is far more likely a wrong column than a number of classes.
constexpr std::int64_t kMaxInferred = 1 << 24;

std::int64_t infer_classes(const std::vector<std::int64_t>& labels) {
  if (labels.empty())
    throw ValueError(
        "[to_categorical] cannot tell the number of classes\n  received: no labels\n"
        "  expected: at least one; or give num_classes");
  const std::int64_t classes = *std::max_element(labels.begin(), labels.end()) + 1;
  if (classes > kMaxInferred)
    throw ValueError(
        cat("[to_categorical] received: a label ", classes - 1,
            "\n  expected: class numbers, counted from 0\n  if there really are so many classes, give num_classes"));
  return classes;
}

}  // namespace

Tensor to_categorical(const Tensor& x, std::optional<std::int64_t> num_classes, DType dtype) {
  if (num_classes && *num_classes < 0)
    throw ValueError(
        cat("[to_categorical] received: num_classes = ", *num_classes, "\n  expected: a positive number, or none"));
  const std::vector<std::int64_t> labels = x.to_vector<std::int64_t>();
  const std::int64_t classes = num_classes.value_or(0) > 0 ? *num_classes : infer_classes(labels);
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (labels[i] < 0 || labels[i] >= classes)
      throw ValueError(cat("[to_categorical] received: label ", labels[i], " at position ", i, "\n  expected: 0 to ",
                           classes - 1, " for ", classes, " classes\n  labels that begin at 1 need: y - 1"));
  Shape shape = x.shape();
  if (shape.rank() > 1 && shape.back() == 1) shape.erase(shape.rank() - 1);
  shape.push_back(classes);
  Tensor out(std::move(shape), dtype);
  dispatch(dtype, [&](auto zero) {
    using T = decltype(zero);
    T* target = out.mutable_data<T>();
    for (std::size_t i = 0; i < labels.size(); ++i)
      target[static_cast<std::int64_t>(i) * classes + labels[i]] = static_cast<T>(1.0f);
  });
  return out;
}

}  // namespace cornu::utils
