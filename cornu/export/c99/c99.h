// A network as one .c and one .h for small devices: C99, no heap, no stdio, no recursion, of the C library math.h only.
#pragma once

#include <string>
#include <vector>

#include "cornu/export/inference_graph.h"

namespace cornu::c99 {

struct Options {
  std::string name = "model";  // prefix of what the header declares, and of the files
  // One sample and what the model says about it, for the self-test; empty: none is written.
  std::vector<Tensor> sample_inputs, sample_outputs;
};

// What a budget counts.
struct Budget {
  std::size_t table_bytes = 0;  // weights, in flash
  std::size_t arena_bytes = 0;  // activations, in RAM
  std::size_t input_bytes = 0, output_bytes = 0;
  struct Line {
    std::string what;
    std::size_t bytes;
  };
  std::vector<Line> buffers;  // each activation, in the order in which they are made
};

struct Sources {
  std::string name, header, source;
  Budget budget;
};

// Throws ValueError when it is no C identifier.
void check_name(const std::string& name);
// What of the graph has no C, a line each; empty: everything has.
std::vector<std::string> refusals(const ir::Graph& graph);
// Throws NotSupportedError that lists all refusals, ValueError for a name that is no C identifier.
Sources generate(exporting::InferenceGraph graph, const Options& options = {});

}  // namespace cornu::c99
