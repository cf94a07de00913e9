// A network in whole numbers, as TFLite's int8 has it: a real value r is held as q with r = scale * (q - zero). Weights
// are symmetric with a scale for each output; activations have one scale and one zero a tensor; sums are int32 and go
// back to int8 with one rounding: (sum * multiplier + half) >> shift.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cornu/export/inference_graph.h"

namespace cornu::int8_export {

struct Scale {
  float scale = 1;
  std::int32_t zero = 0;
};

// real factor = multiplier * 2^-shift, multiplier in [2^30, 2^31).
struct Factor {
  std::int32_t multiplier = 0;
  int shift = 1;
};
Factor factor_of(double real);
// The rounding of all layers; shifts of negative numbers are arithmetic.
inline std::int32_t scaled(std::int64_t sum, Factor f) {
  return static_cast<std::int32_t>((sum * f.multiplier + (std::int64_t{1} << (f.shift - 1))) >> f.shift);
}

enum class Kind {
  kProduct,      // Dense and convolutions: a dense layer is a convolution of one place
  kDepthwise,    // a filter of its own for each feature
  kMaxPool,      // also without a window: a copy
  kAveragePool,  // over what the window holds of the image
  kAdd,
  kTable,  // any function of one number: 256 answers
  kSoftmax,
};

// Images are (rows, columns, features); whatever has fewer axes has rows or columns of 1.
struct Layer {
  Kind kind = Kind::kProduct;
  std::string name;
  std::vector<int> inputs;  // which tensors; tensor 0 is the network's input, tensor i + 1 is layer i's result
  ir::ValueId value = -1;   // whose float form this is
  Shape from, to;           // three axes each
  ir::WindowAxis rows, columns;
  // Before quantization.
  Tensor kernel, bias;
  bool relu = false;
  double ceiling = 0;                           // of a relu; 0: none
  ir::Node op{};                                // of a table: what it computes,
  std::vector<std::optional<double>> operands;  // of these; the one that is no number is the input
  // After it.
  Scale scale;
  std::int32_t low = -128, high = 127;
  std::vector<std::int8_t> weights;  // [output][row][column][input]; depthwise [row][column][output]; a table's answers
  std::vector<std::int32_t> biases;
  std::vector<Factor> factors;              // an output each; of an addition: left, right, sum
  std::vector<std::uint32_t> exponentials;  // of a softmax, by the distance from the largest
};

struct Network {
  Shape input_shape, output_shape;  // as the model has them
  ir::ValueId input_value = -1;
  Scale input;
  std::vector<Layer> layers;
  const Scale& scale(int tensor) const {
    return tensor == 0 ? input : layers[static_cast<std::size_t>(tensor - 1)].scale;
  }
  std::int64_t size(int tensor) const {
    return tensor == 0 ? input_shape.size() : layers[static_cast<std::size_t>(tensor - 1)].to.size();
  }
};

// The layers of a prepared graph. Throws NotSupportedError that lists everything that has no int8 form.
Network recognize(const exporting::InferenceGraph& graph);

// Smallest and largest number of each tensor over the calibration samples.
struct Range {
  float low = 0, high = 0;
};
// Chooses scales, rounds the weights. `ranges[i]` belongs to tensor i.
void quantize(Network& network, const std::vector<Range>& ranges);

// The network's integers, layer by layer, for one sample: what the generated C computes, to the bit.
std::vector<std::vector<std::int8_t>> interpret(const Network& network, const std::vector<std::int8_t>& input);
std::vector<std::int8_t> quantized(const float* values, std::int64_t count, const Scale& scale);

}  // namespace cornu::int8_export
