// Reductions, softmax, transposition, random numbers and optimizer updates against plain loops.
#include "cornu/engine/cpu/kernels/rows.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "cornu/core/random.h"
#include "cornu/engine/cpu/kernels/kernels.h"

namespace cornu::cpu {
namespace {

std::vector<float> random_floats(std::size_t count, std::uint64_t seed) {
  RandomStream random(seed);
  std::vector<float> values(count);
  for (float& v : values) v = static_cast<float>(random.uniform(-1.0, 1.0));
  return values;
}

const std::size_t kRows[] = {0, 1, 2, 5, 33};
const std::size_t kColumns[] = {1, 2, 3, 7, 10, 16, 17, 64, 65, 100, 1000};

TEST(Rows, Folds) {
  for (const Target target : available_targets()) {
    const ReduceKernels& reduce = kernels_for(target).reduce;
    for (const std::size_t rows : kRows) {
      for (const std::size_t columns : kColumns) {
        const std::vector<float> x = random_floats(rows * columns, 1);
        std::vector<float> sum(rows), low(rows), high(rows);
        std::vector<std::uint32_t> at(rows);
        reduce.row_sum(x.data(), sum.data(), rows, columns);
        reduce.row_min(x.data(), low.data(), rows, columns);
        reduce.row_max(x.data(), high.data(), rows, columns);
        reduce.row_argmax(x.data(), at.data(), rows, columns);
        for (std::size_t r = 0; r < rows; ++r) {
          const float* begin = x.data() + r * columns;
          const float* end = begin + columns;
          double right = 0.0;
          for (const float* p = begin; p < end; ++p) right += double{*p};
          ASSERT_NEAR(right, double{sum[r]}, 1e-4) << name_of(target) << " " << columns;
          ASSERT_EQ(*std::min_element(begin, end), low[r]);
          ASSERT_EQ(*std::max_element(begin, end), high[r]);
          ASSERT_EQ(std::max_element(begin, end) - begin, at[r]);
        }
      }
    }
  }
}

TEST(Rows, EdgesOfFolds) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  for (const Target target : available_targets()) {
    const ReduceKernels& reduce = kernels_for(target).reduce;
    float y[2] = {5.0f, 5.0f};
    reduce.row_sum(nullptr, y, 2, 0);
    EXPECT_EQ(0.0f, y[1]);
    reduce.row_max(nullptr, y, 2, 0);
    EXPECT_EQ(-infinity, y[1]);
    std::vector<float> x(40, -3.0f);
    x[37] = std::nanf("");
    reduce.row_max(x.data(), y, 1, 40);
    EXPECT_TRUE(std::isnan(y[0]));
    reduce.row_min(x.data(), y, 1, 40);
    EXPECT_TRUE(std::isnan(y[0]));
    std::uint32_t at = 0;
    reduce.row_argmax(x.data(), &at, 1, 40);
    EXPECT_EQ(37u, at);
    std::fill(x.begin(), x.end(), -infinity);  // ties go to the first
    reduce.row_argmax(x.data(), &at, 1, 40);
    EXPECT_EQ(0u, at);
  }
}

TEST(Rows, ColumnSums) {
  for (const Target target : available_targets()) {
    for (const std::size_t rows : {0, 1, 3, 4, 9, 100}) {
      for (const std::size_t columns : kColumns) {
        const std::size_t stride = columns + 3;
        const std::vector<float> x = random_floats(rows * stride, 1);
        std::vector<float> y(columns, 0.5f), fresh(columns, std::nanf(""));
        const ReduceKernels& reduce = kernels_for(target).reduce;
        reduce.column_sum(x.data(), stride, y.data(), rows, columns, -0.1f, 1.0f);
        reduce.column_sum(x.data(), stride, fresh.data(), rows, columns, 1.0f, 0.0f);
        for (std::size_t c = 0; c < columns; ++c) {
          double sum = 0.0;
          for (std::size_t r = 0; r < rows; ++r) sum += double{x[r * stride + c]};
          ASSERT_NEAR(0.5 - 0.1 * sum, double{y[c]}, 1e-5);
          ASSERT_NEAR(sum, double{fresh[c]}, 1e-5);
        }
        // A part of the columns has the same bits.
        if (columns < 20) continue;
        std::vector<float> part(columns - 7);
        reduce.column_sum(x.data() + 7, stride, part.data(), rows, columns - 7, 1.0f, 0.0f);
        ASSERT_EQ(0, std::memcmp(part.data(), fresh.data() + 7, part.size() * sizeof(float)));
      }
    }
  }
}

TEST(Rows, Softmax) {
  for (const Target target : available_targets()) {
    for (const std::size_t columns : kColumns) {
      std::vector<float> x = random_floats(3 * columns, 1), y(3 * columns);
      for (float& value : x) value *= 50.0f;
      kernels_for(target).reduce.softmax(x.data(), y.data(), 3, columns);
      kernels_for(target).reduce.softmax(x.data(), x.data(), 3, columns);
      for (std::size_t r = 0; r < 3; ++r) {
        double sum = 0.0;
        for (std::size_t c = 0; c < columns; ++c) sum += double{y[r * columns + c]};
        ASSERT_NEAR(1.0, sum, 1e-5);
      }
      ASSERT_EQ(0, std::memcmp(x.data(), y.data(), x.size() * sizeof(float)));
    }
  }
}

TEST(Rows, Transpose) {
  for (const Target target : available_targets()) {
    for (const std::size_t rows : {0, 1, 3, 4, 5, 31, 33, 70}) {
      for (const std::size_t columns : {0, 1, 2, 4, 7, 32, 45}) {
        const std::size_t x_stride = columns + 2, y_stride = rows + 1;
        const std::vector<float> x = random_floats(rows * x_stride + 1, 1);
        std::vector<float> y(columns * y_stride + 1, 9.0f);
        kernels_for(target).move.transpose(x.data(), x_stride, rows, columns, y.data(), y_stride);
        for (std::size_t c = 0; c < columns; ++c) {
          for (std::size_t r = 0; r < rows; ++r) ASSERT_EQ(x[r * x_stride + c], y[c * y_stride + r]);
          ASSERT_EQ(9.0f, y[c * y_stride + rows]);
        }
      }
    }
  }
}

TEST(Rows, RandomUniformIsTheDefinition) {
  for (const Target target : available_targets()) {
    // The last start lets the low word of the block number overflow inside a vector.
    for (const std::uint64_t first : {0ull, 1ull, 6ull, 1000003ull, 4ull * 0xFFFFFFFFull - 14}) {
      for (const std::size_t n : {0, 1, 3, 63, 64, 65, 300}) {
        std::vector<float> y(n + 1, 9.0f);
        kernels_for(target).random_uniform(0xDEADBEEF, 77, first, y.data(), n);
        for (std::size_t i = 0; i < n; ++i) ASSERT_EQ(uniform_at(0xDEADBEEF, 77, first + i), y[i]) << name_of(target);
        ASSERT_EQ(9.0f, y[n]);
      }
    }
  }
}

}  // namespace
}  // namespace cornu::cpu
