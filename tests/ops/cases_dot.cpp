// Products of tensors.
#include "cornu/core/text.h"
#include "cornu/ir/ops.h"
#include "tests/ops/op_case.h"

namespace cornu::op_cases {
namespace {

struct Product {
  std::string label;
  Shape x, y;
  ir::DotAttributes axes;
};
const Product kProducts[] = {
    {"33x17 by 17x10", {33, 17}, {17, 10}, {{}, {}, {1}, {0}}},
    {"transposed left", {17, 33}, {17, 10}, {{}, {}, {0}, {0}}},
    {"transposed right", {33, 17}, {10, 17}, {{}, {}, {1}, {1}}},
    {"both transposed", {17, 33}, {10, 17}, {{}, {}, {0}, {1}}},
    {"one row", {1, 100}, {100, 33}, {{}, {}, {1}, {0}}},
    {"one column", {33, 100}, {100, 1}, {{}, {}, {1}, {0}}},
    {"of length one", {5, 1}, {1, 7}, {{}, {}, {1}, {0}}},
    {"no rows", {0, 4}, {4, 3}, {{}, {}, {1}, {0}}},
    {"nothing to add", {3, 0}, {0, 2}, {{}, {}, {1}, {0}}},
    {"inner of vectors", {33}, {33}, {{}, {}, {0}, {0}}},
    {"outer of vectors", {5}, {7}, {}},
    {"of scalars", {}, {}, {}},
    {"matrix by vector", {17, 33}, {33}, {{}, {}, {1}, {0}}},
    {"batched", {3, 4, 5}, {3, 5, 6}, {{0}, {0}, {2}, {1}}},
    {"batched, the batch inside", {4, 3, 5}, {6, 5, 3}, {{1}, {2}, {2}, {1}}},
    {"batched, elementwise", {2, 3}, {2, 3}, {{0, 1}, {0, 1}, {}, {}}},
    {"two batches, one swapped", {2, 3, 4, 5}, {3, 2, 5, 2}, {{0, 1}, {1, 0}, {3}, {2}}},
    {"two contracted axes", {6, 4, 5}, {4, 5, 7}, {{}, {}, {1, 2}, {0, 1}}},
    {"two contracted axes, crossed", {6, 4, 5}, {5, 4, 7}, {{}, {}, {1, 2}, {1, 0}}},
    {"contracted first and last", {4, 6, 5}, {7, 5, 4}, {{}, {}, {0, 2}, {2, 1}}},
    {"last axis of rank 4", {2, 3, 4, 5}, {5, 6}, {{}, {}, {3}, {0}}},
};

}  // namespace

void dot_cases(std::vector<OpCase>& cases) {
  cases.push_back({.label = "dot_general numbers",
                   .inputs = {numbers({1, 2, 3, 4}, {2, 2}), numbers({5, 6, 7, 8}, {2, 2})},
                   .build = [](const Args& x) { return ops::matmul(x[0], x[1]); },
                   .dtypes = kNumbers,
                   .expected = {19, 22, 43, 50}});
  for (const Product& p : kProducts)
    // Worst on cpu: 7 ulps.
    cases.push_back({.label = cat("dot_general ", p.label),
                     .inputs = {real(p.x, -2, 2), real(p.y, -2, 2)},
                     .build = [axes = p.axes](const Args& x) { return ops::dot_general(x[0], x[1], axes); },
                     .dtypes = kNumbers,
                     .tolerance = {.ulps = 16, .scale = 8}});
  for (const int n : {64, 65, 127})
    cases.push_back({.label = cat("dot_general around the tile ", n),
                     .inputs = {real({n, n + 1}), real({n + 1, n - 1})},
                     .build = [](const Args& x) { return ops::matmul(x[0], x[1]); },
                     .dtypes = {float32, float64},
                     .tolerance = {.ulps = 16, .scale = 8},
                     .no_gradient = "too large for differences"});
  cases.push_back({.label = "dot_general large enough for threads",
                   .inputs = {real({256, 300}), real({300, 200})},
                   .build = [](const Args& x) { return ops::matmul(x[0], x[1]); },
                   .tolerance = {.ulps = 32, .scale = 8},
                   .no_gradient = "too large for differences"});  // worst on cpu: 15 ulps
  // matmul's broadcasting.
  const std::pair<Shape, Shape> shapes[] = {{{3}, {3}},          {{4, 3}, {3}},          {{3}, {3, 2}},
                                            {{2, 4, 3}, {3, 2}}, {{2, 4, 3}, {2, 3, 2}}, {{5, 1, 4, 3}, {2, 3, 2}},
                                            {{3}, {2, 3, 4}},    {{4, 3}, {2, 3, 5}}};
  for (const auto& [a, b] : shapes)
    cases.push_back({.label = cat("matmul ", a, " ", b),
                     .inputs = {real(a), real(b)},
                     .build = [](const Args& x) { return ops::matmul(x[0], x[1]); },
                     .dtypes = kFloats,
                     .tolerance = {.ulps = 4, .scale = 2}});
  cases.push_back({.label = "matmul of one value with itself",
                   .inputs = {real({5, 5})},
                   .build = [](const Args& x) { return ops::matmul(x[0], x[0]); },
                   .tolerance = {.ulps = 4, .scale = 2}});
}

}  // namespace cornu::op_cases
