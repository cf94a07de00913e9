// DotShape: a dot_general seen as a batch of matrix products over strided memory.
#pragma once

#include "cornu/engine/cpu/lowering.h"

namespace cornu::cpu {

// One side: element (batch, i, j) lies at batch * batch_stride + i * row_stride + j * column_stride. The left side's
// rows are its free axes and its columns the contracted ones; the right side's rows are contracted, its columns free.
struct DotSide {
  Slot slot = -1;
  std::int64_t batch_stride = 0, row_stride = 0, column_stride = 0;
};

struct DotShape {
  std::int64_t batch = 1, m = 1, n = 1, k = 1;
  DotSide left, right;
};

// May emit steps that bring an operand into another order, when its axes cannot be walked with one stride.
DotShape dot_shape(Lowering& lowering, const ir::Node& node);

}  // namespace cornu::cpu
