// Slices taken and added to by index.
#include "cornu/core/text.h"
#include "cornu/ir/ops.h"
#include "tests/ops/op_case.h"

namespace cornu::op_cases {
namespace {

std::function<Value(const Args&)> take(int axis) {
  return [=](const Args& x) { return ops::take(x[0], x[1], axis); };
}
std::function<Value(const Args&)> scatter(int axis) {
  return [=](const Args& x) { return ops::scatter_add(x[0], x[1], x[2], axis); };
}

struct Slices {
  std::string label;
  Shape x, indices;
  int axis;
  Shape slices;
};
const Slices kSlices[] = {
    {"of rows", {40, 33}, {17}, 0, {17, 33}}, {"of rows by a matrix", {9, 4}, {3, 5}, 0, {3, 5, 4}},
    {"of numbers", {12}, {7}, 0, {7}},        {"of one", {5, 3}, {}, 0, {3}},
    {"of columns", {6, 11}, {5}, 1, {6, 5}},  {"of an axis between", {3, 7, 5}, {2, 4}, 1, {3, 2, 4, 5}},
    {"of none", {4, 3}, {0}, 0, {0, 3}},      {"of long rows", {50, 1000}, {32}, 0, {32, 1000}},
};

}  // namespace

void index_cases(std::vector<OpCase>& cases) {
  const Input table = numbers({1, 2, 3, 4, 5, 6}, {3, 2});
  // Outside of the axis: the nearest inside for a gather, nothing for a scatter.
  const Input at = numbers({2, 0, 2, 9, -1}).as(int64), near = numbers({2, 0, 2}).as(uint8);
  cases.push_back({.label = "gather numbers",
                   .inputs = {table, at},
                   .build = take(0),
                   .dtypes = kAll,
                   .expected = {5, 6, 1, 2, 5, 6, 5, 6, 1, 2}});
  cases.push_back({.label = "scatter numbers",
                   .inputs = {table, near, numbers({1, 1, 2, 2, 3, 3}, {3, 2})},
                   .build = scatter(0),
                   .dtypes = kNumbers,
                   .expected = {3, 4, 3, 4, 9, 10}});
  cases.push_back({.label = "scatter outside",
                   .inputs = {table, at, numbers({1, 1, 2, 2, 3, 3, 7, 7, 8, 8}, {5, 2})},
                   .build = scatter(0),
                   .expected = {3, 4, 3, 4, 9, 10}});
  for (const DType dtype : kIntegers)
    cases.push_back({.label = cat("gather by ", name_of(dtype)),
                     .inputs = {table, numbers({1, 0}).as(dtype)},
                     .build = take(1),
                     .expected = {2, 1, 4, 3, 6, 5}});
  // A product reads long rows where they lie: forwards, and transposed for its gradient.
  for (const Shape& x : {Shape{60, 100}, Shape{60, 5, 20}})
    for (const std::int64_t columns : {1, 10, 64, 300})
      cases.push_back({.label = cat("gather of ", x, " for a product with ", columns, " columns"),
                       .inputs = {real(x), real({33}, 0, 59).as(int32), real({100, columns})},
                       .build =
                           [](const Args& a) {
                             return ops::matmul(ops::reshape(ops::take(a[0], a[1]), {33, 100}), a[2]);
                           },
                       .tolerance = {16, 8}});
  for (const Slices& s : kSlices) {
    const double most = static_cast<double>(s.x[s.axis]);
    const Input indices = real(s.indices, -1, most).as(int32);
    cases.push_back({.label = "gather " + s.label, .inputs = {real(s.x), indices}, .build = take(s.axis)});
    cases.push_back({.label = "scatter " + s.label,
                     .inputs = {real(s.x), indices, real(s.slices)},
                     .build = scatter(s.axis),
                     .dtypes = kFloats});
  }
}

}  // namespace cornu::op_cases
