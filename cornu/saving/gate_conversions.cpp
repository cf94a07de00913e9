// Recurrent layers of older generations: gates kept apart, or packed as cuDNN wants them. The layers themselves come
// later; these functions wait for them.
#include <array>

#include "cornu/core/error.h"
#include "cornu/core/text.h"
#include "cornu/saving/weight_conversions.h"

namespace cornu::saving {
namespace {

void check_count(const std::string& layer, std::size_t count, std::size_t expected) {
  if (count != expected)
    throw FileError(cat("layer \"", layer, "\" received: ", count, " arrays from the file\n  expected: ", expected,
                        ", as its class stores them\n  way out: the file is damaged; save it again"));
}

// Along the last axis, as Python's np.concatenate(axis=-1).
Tensor joined(const std::vector<const Tensor*>& parts) {
  std::vector<std::int64_t> dims = parts.at(0)->shape().dims();
  std::int64_t last = 0;
  for (const Tensor* part : parts) last += part->dim(-1);
  const std::int64_t rows = parts[0]->size() / std::max<std::int64_t>(parts[0]->dim(-1), 1);
  dims.back() = last;
  Tensor out(Shape(dims), float32);
  float* to = out.mutable_data<float>();
  for (std::int64_t row = 0; row < rows; ++row)
    for (const Tensor* part : parts)
      for (std::int64_t i = 0; i < part->dim(-1); ++i) *to++ = static_cast<float>(part->at(row * part->dim(-1) + i));
  return out;
}

// `order`: for each gate of Keras 3 its place among the file's triples W U b.
std::vector<NamedTensor> merge_gates(const std::string& layer, const std::vector<NamedTensor>& stored,
                                     const std::vector<std::size_t>& order, const WeightMove& move = {}) {
  check_count(layer, stored.size(), 3 * order.size());
  std::vector<NamedTensor> out;
  constexpr std::array<const char*, 3> kNames{"kernel", "recurrent_kernel", "bias"};
  for (std::size_t kind = 0; kind < 3; ++kind) {
    std::vector<Tensor> parts;
    for (const std::size_t gate : order) {
      const Tensor& part = stored[3 * gate + kind].value;
      parts.push_back(kind < 2 ? move(part) : part);
    }
    std::vector<const Tensor*> list;
    for (const Tensor& part : parts) list.push_back(&part);
    out.push_back({cat(layer, "/", kNames[kind]), joined(list)});
  }
  return out;
}

// The gates of cuDNN: each is a square or oblong matrix that was transposed and laid out by columns.
Tensor kernel_of_cudnn(const Tensor& packed, std::int64_t gates, bool input) {
  const std::int64_t rows = packed.dim(0), units = packed.dim(1) / gates;
  std::vector<Tensor> parts;
  for (std::int64_t gate = 0; gate < gates; ++gate) {
    Tensor part(Shape{rows, units}, float32);
    float* to = part.mutable_data<float>();
    for (std::int64_t r = 0; r < rows; ++r)
      for (std::int64_t u = 0; u < units; ++u) {
        // Input kernels: the gate's (rows, units) block read in row order is the transpose's in column order.
        const std::int64_t at = input ? u * rows + r : u * units + r;
        const std::int64_t row = at / units, column = at % units;
        *to++ = static_cast<float>(packed.at(row * packed.dim(1) + gate * units + column));
      }
    parts.push_back(std::move(part));
  }
  std::vector<const Tensor*> list;
  for (const Tensor& part : parts) list.push_back(&part);
  return joined(list);
}

}  // namespace

std::vector<NamedTensor> merge_lstm_gates(const std::string& layer, const std::vector<NamedTensor>& stored) {
  return merge_gates(layer, stored, {0, 2, 1, 3});
}

std::vector<NamedTensor> merge_gru_gates(const std::string& layer, const std::vector<NamedTensor>& stored) {
  return merge_gates(layer, stored, {0, 1, 2});
}

std::vector<NamedTensor> merge_conv_lstm_gates(const std::string& layer, const std::vector<NamedTensor>& stored,
                                               bool channels_first) {
  WeightMove move;
  if (channels_first) move.permutation = {2, 3, 1, 0};
  return merge_gates(layer, stored, {0, 2, 1, 3}, move);
}

std::vector<NamedTensor> lstm_of_cudnn(const std::vector<NamedTensor>& stored) {
  check_count(stored.empty() ? "CuDNNLSTM" : stored[0].name, stored.size(), 3);
  const Tensor& bias = stored[2].value;
  const std::int64_t half = bias.size() / 2;
  return {{stored[0].name, kernel_of_cudnn(stored[0].value, 4, true)},
          {stored[1].name, kernel_of_cudnn(stored[1].value, 4, false)},
          {stored[2].name, bias.rows(0, half) + bias.rows(half, 2 * half)}};
}

std::vector<NamedTensor> gru_of_cudnn(const std::vector<NamedTensor>& stored) {
  check_count(stored.empty() ? "CuDNNGRU" : stored[0].name, stored.size(), 3);
  const std::int64_t half = stored[2].value.size() / 2;
  return {{stored[0].name, kernel_of_cudnn(stored[0].value, 3, true)},
          {stored[1].name, kernel_of_cudnn(stored[1].value, 3, false)},
          {stored[2].name, stored[2].value.copy().reshape({2, half})}};
}

}  // namespace cornu::saving
