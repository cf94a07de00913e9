// Passes: graph in, better graph out, same results. Each has a name, is timed, can be switched off and is verified.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cornu/ir/graph.h"

namespace cornu::passes {

struct Pass {
  std::string_view name;
  ir::Graph (*run)(const ir::Graph&);
};

// The pipeline, in the order in which it runs. A pass may stand in it more than once.
const std::vector<Pass>& pipeline();

struct PipelineOptions {
  // Names of passes to leave out; "all" for every one.
  std::vector<std::string> disabled;
  // Checks the graph after each pass; the error names the pass that broke it.
  bool verify = false;
};

struct PassTime {
  std::string_view name;
  double seconds;
  int nodes;  // after it
};

ir::Graph run_pipeline(ir::Graph graph, const PipelineOptions& options, std::vector<PassTime>* times = nullptr);

// The passes. Only rewrites that keep every value are done: x * 0 stays, since x may be NaN.

// Algebraic identities, and operations on small constants done now.
ir::Graph simplify(const ir::Graph& graph);
// Equal nodes become one.
ir::Graph cse(const ir::Graph& graph);
// Zeros around an image become the padding of the convolution that reads it.
ir::Graph fold_pad(const ir::Graph& graph);
// Weights that stay as they are over many runs take in the scale and the shift of a batch normalization after them.
ir::Graph fold_scale(const ir::Graph& graph);
// Products of matrices and convolutions take along their transposed operands, bias, activation, and `w - rate *
// product`.
ir::Graph fuse_dot(const ir::Graph& graph);
// Chains of elementwise ops, broadcasts and last-axis reductions become one pass over the rows of a matrix.
ir::Graph fuse_rows(const ir::Graph& graph);

}  // namespace cornu::passes
