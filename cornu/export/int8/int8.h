// A float network as int8 sources (post-training quantization): calibrate, round, write, and say what it costs.
#pragma once

#include <functional>

#include "cornu/export/c99/c99.h"
#include "cornu/export/int8/network.h"

namespace cornu::int8_export {

// Runs a graph of one sample: somebody else's engine.
using Run = std::function<std::vector<Tensor>(const std::vector<Tensor>& inputs)>;
using Compile = std::function<Run(const ir::Graph&)>;

// Scales from the samples (n, ...). Throws NotSupportedError for what has no int8 form, ValueError for samples that do
// not fit.
Network quantized_network(const exporting::InferenceGraph& prepared, const Tensor& samples, const Compile& compile);

// One .c and one .h; `sample` is int8, its answer is recorded for the self-test. An empty one leaves that out.
c99::Sources generate(const Network& network, const std::string& name, const std::vector<std::int8_t>& sample);

struct Comparison {
  std::vector<double> layer_errors;   // root mean square, over that of the float layer
  std::int64_t agree = 0, count = 0;  // same class in float and int8
  // By class, when labels are given.
  std::vector<std::int64_t> of_class, right_float, right_int8;
};
// Float against int8 on samples (n, ...); labels are classes (n,), or empty.
Comparison compare(const Network& network, const exporting::InferenceGraph& prepared, const Tensor& samples,
                   const Tensor& labels, const Compile& compile);

}  // namespace cornu::int8_export
