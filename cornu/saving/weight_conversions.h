// Weights of Keras 1 and 2 in Keras 3's shape and order: each layer class's own way, as pure functions on tensors.
#pragma once

#include <string>
#include <vector>

#include "cornu/core/json.h"
#include "cornu/saving/model_file.h"

namespace cornu::saving {

// How one array becomes another of the same numbers. It moves a weight, and in the same way an optimizer's slots of it.
struct WeightMove {
  std::vector<int> permutation = {};  // of axes; empty: none
  int drop_axis = -1;                 // of size 1, after the permutation
  bool turn = false;                  // by 180 degrees: all axes but the last two backwards

  bool nothing() const { return permutation.empty() && drop_axis < 0 && !turn; }
  Tensor operator()(const Tensor& stored) const;
};

// What to do with one weight of a layer. `layer` in Keras 3's form, `weight` a path; `dialect` the file's generation.
WeightMove move_of(const Json& layer, const std::string& weight, const Shape& stored, int dialect, bool theano);

// --- Layers that later versions bring: several arrays into Keras 3's. Throw FileError for another number of arrays.
// Keras 1 kept the gates of an LSTM apart, i c f o, as W U b each: kernel, recurrent_kernel, bias with gates i f c o.
std::vector<NamedTensor> merge_lstm_gates(const std::string& layer, const std::vector<NamedTensor>& stored);
// The gates of a GRU: z r h.
std::vector<NamedTensor> merge_gru_gates(const std::string& layer, const std::vector<NamedTensor>& stored);
// As an LSTM; kernels of a ConvLSTM2D in Theano's order are turned to TensorFlow's.
std::vector<NamedTensor> merge_conv_lstm_gates(const std::string& layer, const std::vector<NamedTensor>& stored,
                                               bool channels_first);
// CuDNNLSTM -> LSTM: kernels of each gate transposed as cuDNN packs them, two biases into one.
std::vector<NamedTensor> lstm_of_cudnn(const std::vector<NamedTensor>& stored);
// CuDNNGRU -> GRU(reset_after=True).
std::vector<NamedTensor> gru_of_cudnn(const std::vector<NamedTensor>& stored);

}  // namespace cornu::saving
