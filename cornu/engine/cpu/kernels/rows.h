// Signatures of the kernels on rows and columns of matrices: reductions, softmax, transposition. They stand in
// the table `Kernels`. Matrices are contiguous float32 in row order unless a kernel says otherwise.
#pragma once

#include <cstddef>
#include <cstdint>

namespace cornu::cpu {

// Every sum has one fixed order for a target: rows do not depend on each other, nor columns, so parts of the rows (or
// of the columns) can go to different threads without changing a bit.
struct ReduceKernels {
  // y[r] = fold of row r. NaN wins in max and min. The fold of nothing is 0, -inf, inf.
  void (*row_sum)(const float* x, float* y, std::size_t rows, std::size_t columns) = nullptr;
  void (*row_max)(const float* x, float* y, std::size_t rows, std::size_t columns) = nullptr;
  void (*row_min)(const float* x, float* y, std::size_t rows, std::size_t columns) = nullptr;
  // The first index of the largest element (of the first NaN, if there is one). columns > 0.
  void (*row_argmax)(const float* x, std::uint32_t* y, std::size_t rows, std::size_t columns) = nullptr;
  // y[c] = beta * y[c] + alpha * (sum over r of x[r * stride + c]); beta 0 ignores what y holds.
  void (*column_sum)(const float* x, std::size_t stride, float* y, std::size_t rows, std::size_t columns, float alpha,
                     float beta) = nullptr;
  // y[r, :] = softmax(x[r, :]); y may be x.
  void (*softmax)(const float* x, float* y, std::size_t rows, std::size_t columns) = nullptr;
};

struct MoveKernels {
  // y[c * y_stride + r] = x[r * x_stride + c]
  void (*transpose)(const float* x, std::size_t x_stride, std::size_t rows, std::size_t columns, float* y,
                    std::size_t y_stride) = nullptr;
};

}  // namespace cornu::cpu
