#include "cornu/layers/data_format.h"

#include "cornu/core/error.h"

namespace cornu::layers {

bool is_channels_first(const std::string& data_format, std::string_view class_name) {
  if (data_format == "channels_first") return true;
  if (data_format != "channels_last")
    throw ValueError(cat("[", class_name, "] received: data_format=\"", data_format,
                         "\"\n  expected: channels_last or channels_first"));
  return false;
}

std::vector<int> spatial_axes(int rank, bool channels_first) {
  std::vector<int> out;
  for (int i = 0; i < rank - 2; ++i) out.push_back(i + (channels_first ? 2 : 1));
  return out;
}

void check_rank(const LayerImpl& layer, const Shape& input_shape, int rank) {
  if (input_shape.rank() != rank)
    throw ValueError(cat("layer \"", layer.name(), "\" (", layer.class_name(), ") received: input of shape ",
                         input_shape, "\n  expected: rank ", rank));
}

}  // namespace cornu::layers
