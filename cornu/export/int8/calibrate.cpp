// What the float network does on samples, layer by layer: ranges, and later the errors of the whole numbers.
#include <algorithm>
#include <cmath>

#include "cornu/core/error.h"
#include "cornu/export/int8/int8.h"

namespace cornu::int8_export {
namespace {

// Calls visit(sample, the float values of the layers).
template <class F>
void each_sample(const Network& network, const exporting::InferenceGraph& prepared, const Tensor& samples,
                 const Compile& compile, const F& visit) {
  const std::int64_t size = network.input_shape.size();
  if (samples.rank() == 0 || samples.dim(0) == 0 || samples.size() != samples.dim(0) * size)
    throw ValueError(cat("the samples do not fit the model\n  received: ", samples.shape(), "\n  expected: samples of ",
                         network.input_shape.slice(1, network.input_shape.rank())));
  ir::Graph graph = prepared.graph;
  std::vector<ir::ValueId> values;
  for (const Layer& l : network.layers) values.push_back(l.value);
  graph.set_outputs(values);
  const Run run = compile(graph);
  const Tensor x = samples.astype(float32);
  for (std::int64_t i = 0; i < samples.dim(0); ++i) {
    const Tensor sample = x.rows(i, i + 1).reshape(network.input_shape);
    visit(i, sample, run({sample}));
  }
}

void widen(Range& range, const Tensor& values) {
  const float* x = values.data<float>();
  for (std::int64_t i = 0; i < values.size(); ++i) {
    range.low = std::min(range.low, x[i]);
    range.high = std::max(range.high, x[i]);
  }
}

std::int64_t largest(const Tensor& values) { return values.reshape({-1}).argmax().data<std::int64_t>()[0]; }
std::int64_t largest(const std::vector<std::int8_t>& values) {
  return std::max_element(values.begin(), values.end()) - values.begin();
}

}  // namespace

Network quantized_network(const exporting::InferenceGraph& prepared, const Tensor& samples, const Compile& compile) {
  Network network = recognize(prepared);
  std::vector<Range> ranges(network.layers.size() + 1);
  each_sample(network, prepared, samples, compile, [&](std::int64_t, const Tensor& x, const std::vector<Tensor>& y) {
    widen(ranges[0], x);
    for (std::size_t i = 0; i < y.size(); ++i) widen(ranges[i + 1], y[i]);
  });
  quantize(network, ranges);
  return network;
}

Comparison compare(const Network& network, const exporting::InferenceGraph& prepared, const Tensor& samples,
                   const Tensor& labels, const Compile& compile) {
  Comparison out;
  std::vector<double> wrong(network.layers.size(), 0), whole(network.layers.size(), 0);
  each_sample(network, prepared, samples, compile, [&](std::int64_t n, const Tensor& x, const std::vector<Tensor>& y) {
    const auto integers = interpret(network, quantized(x.data<float>(), x.size(), network.input));
    for (std::size_t i = 0; i < y.size(); ++i) {
      const Scale& s = network.layers[i].scale;
      for (std::int64_t k = 0; k < y[i].size(); ++k) {
        const double real = y[i].at(k);
        const double error =
            static_cast<double>(s.scale) * (integers[i + 1][static_cast<std::size_t>(k)] - s.zero) - real;
        wrong[i] += error * error;
        whole[i] += real * real;
      }
    }
    const std::int64_t a = largest(y.back()), b = largest(integers.back());
    out.agree += a == b;
    ++out.count;
    if (labels.size() == 0) return;
    const auto label = static_cast<std::int64_t>(labels.at(n));
    const auto at = static_cast<std::size_t>(label);
    if (label < 0 || label > 100000) throw ValueError(cat("labels are classes\n  received: ", label));
    for (auto* list : {&out.of_class, &out.right_float, &out.right_int8})
      if (list->size() <= at) list->resize(at + 1, 0);
    ++out.of_class[at];
    out.right_float[at] += a == label;
    out.right_int8[at] += b == label;
  });
  const std::size_t classes = out.of_class.size();
  out.right_float.resize(classes, 0);
  out.right_int8.resize(classes, 0);
  for (std::size_t i = 0; i < wrong.size(); ++i)
    out.layer_errors.push_back(whole[i] > 0 ? std::sqrt(wrong[i] / whole[i]) : 0);
  return out;
}

}  // namespace cornu::int8_export
