#include "cornu/engine/workspace.h"

#include "cornu/core/tensor.h"

namespace cornu {

void* thread_workspace(std::size_t bytes) {
  thread_local Tensor workspace = Tensor::empty({0}, uint8);
  const auto size = static_cast<std::int64_t>(bytes);
  if (workspace.size() < size) workspace = Tensor::empty({size}, uint8);
  return workspace.mutable_raw();
}

}  // namespace cornu
