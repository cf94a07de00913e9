// A graph as a StableHLO module in text, which XLA and every PJRT plug-in take: `func.func public @main` with the
// graph's parameters as arguments and its outputs as results, in their order. An output that is aliased to a parameter
// donates the parameter's memory to it.
//
// Every op of ops.def has a form. What it computes is the definition of ops.def, to rounding: sums may be taken in
// another order, and products and functions are the compiler's own.
#pragma once

#include <string>
#include <vector>

#include "cornu/ir/graph.h"

namespace cornu::stablehlo {

struct Options {
  // Of products in float32: "DEFAULT" lets the device choose (TF32 on NVIDIA), "HIGHEST" is float32.
  std::string precision = "HIGHEST";
  // Convolutions as layers have them, (batch, spatial..., features) with a kernel (spatial..., input, output), and
  // transposes around those of gradients: XLA's compiler for CPUs (0.115) runs plain loops for any other order.
  bool plain_convolutions = false;
  // How many run the program together; an all_reduce adds over all of them.
  int replicas = 1;
};

// Fusions are written as what they consist of.
std::string print_module(const ir::Graph& graph, const Options& options = {});

// The graph run again and again. Each of the parameters `by_line` takes another value in each run: here it is a matrix
// of `lines` of them. Behind the graph's parameters come two int32: the first line, and the one behind the last. The
// results of @main are what the updated parameters (graph.aliases()) have become, and matrices of `lines` values of the
// outputs that update nothing, where lines that were not run are zeros: in the order of the graph's outputs.
std::string print_loop(const ir::Graph& graph, const std::vector<std::size_t>& by_line, std::int64_t lines,
                       const Options& options = {});

}  // namespace cornu::stablehlo
