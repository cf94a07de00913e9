// The lengths of axes when the batch has no fixed size. A graph has fixed shapes; two graphs of one network, for two
// sizes of the batch, say together which lengths grow with it.
#pragma once

#include <string>
#include <vector>

#include "cornu/export/onnx/onnx.h"

namespace cornu::onnx {

// length, or length times the batch.
struct Extent {
  std::int64_t length = 1;
  bool grows = false;
  bool operator==(const Extent&) const = default;
  bool is_one() const { return length == 1 && !grows; }
};
using Extents = std::vector<Extent>;

// A graph that is the same for every size of the batch, up to lengths.
struct BatchGraph {
  ir::Graph graph;               // for kSmallBatch
  std::vector<Extents> extents;  // of each value
};

// `small` and `large` are one network for kSmallBatch and kLargeBatch; the same graph twice has fixed shapes. What does
// not grow with the batch as a length or stays as it is goes into `refusals`, a line each.
BatchGraph batch_graph(const ir::Graph& small, const ir::Graph& large, std::vector<std::string>& refusals);

}  // namespace cornu::onnx
