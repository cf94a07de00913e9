// Where channels stand: what layers with a data_format share.
#pragma once

#include "cornu/layers/layer.h"

namespace cornu::layers {

// "channels_first"? Throws ValueError, naming the class, for what is no data format.
bool is_channels_first(const std::string& data_format, std::string_view class_name);
// The spatial axes of an input of `rank` dimensions with batch and channels.
std::vector<int> spatial_axes(int rank, bool channels_first);

// Throws ValueError, naming the layer, for an input of another rank.
void check_rank(const LayerImpl& layer, const Shape& input_shape, int rank);

}  // namespace cornu::layers
