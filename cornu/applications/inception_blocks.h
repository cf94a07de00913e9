// Branches of convolutions with batch normalization: what both Inception architectures consist of. Not for users.
#pragma once

#include <vector>

#include "cornu/applications/architecture.h"

namespace cornu::applications::inception {

struct Conv {
  std::int64_t filters, rows, columns;
  std::int64_t strides = 1;
  bool valid = false;  // padding "valid"; "same" otherwise
};

// Convolution without bias, batch normalization without scale, relu; layers are numbered.
KerasTensor conv(const KerasTensor& x, const Conv& c);
// One behind the other.
KerasTensor branch(KerasTensor x, const std::vector<Conv>& convs);
// Average pooling 3x3 that keeps the size, then a 1x1 convolution.
KerasTensor pooled_branch(const KerasTensor& x, std::int64_t filters);
// Max pooling 3x3 with stride 2.
KerasTensor halved(const KerasTensor& x);
// Side by side; "" is numbered.
KerasTensor joined(const std::vector<KerasTensor>& branches, const std::string& name = "");

}  // namespace cornu::applications::inception
