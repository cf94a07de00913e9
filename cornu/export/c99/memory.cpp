#include "cornu/export/c99/memory.h"

#include <algorithm>
#include <numeric>

namespace cornu::c99 {

std::int64_t place_buffers(std::vector<Buffer>& buffers) {
  std::vector<std::size_t> order(buffers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return buffers[a].elements > buffers[b].elements; });
  std::vector<const Buffer*> placed;
  std::int64_t total = 0;
  for (const std::size_t i : order) {
    Buffer& b = buffers[i];
    // By offset, so that one walk finds the first gap that is wide enough.
    std::sort(placed.begin(), placed.end(), [](const Buffer* x, const Buffer* y) { return x->offset < y->offset; });
    b.offset = 0;
    for (const Buffer* other : placed) {
      if (other->last < b.first || other->first > b.last) continue;
      if (b.offset + b.elements <= other->offset) break;
      b.offset = std::max(b.offset, other->offset + other->elements);
    }
    placed.push_back(&b);
    total = std::max(total, b.offset + b.elements);
  }
  return total;
}

}  // namespace cornu::c99
