#include "cornu/saving/weight_conversions.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "cornu/core/error.h"
#include "cornu/saving/config_words.h"

namespace cornu::saving {
namespace {

// The layer that a path such as "block/conv/kernel:0" belongs to.
const Json& owner_of(const Json& layer, const std::string& weight) {
  const std::vector<std::string> parts = split(weight, '/');
  for (const Json& inner : layers_of(layer))
    if (std::find(parts.begin(), parts.end() - 1, layer_name(inner)) != parts.end() - 1) return owner_of(inner, weight);
  if (const Json& wrapped = get(config_of(layer), "layer"); wrapped.is_object()) return owner_of(wrapped, weight);
  return layer;
}

// Keras 1: (filters, in, sizes...) with channels first, for some classes other orders.
std::vector<int> keras1_permutation(const std::string& class_name, bool channels_first) {
  if (class_name == "Conv2D" && channels_first) return {2, 3, 1, 0};
  if (class_name == "Conv3D" && channels_first) return {2, 3, 4, 1, 0};
  if (class_name == "Conv2DTranspose") return channels_first ? std::vector{2, 3, 0, 1} : std::vector{0, 1, 3, 2};
  return {};
}

// (sizes, 1, in, filters), and before 1.1 (filters, in, sizes, 1).
WeightMove keras1_conv1d(const Json& config, const Shape& stored) {
  WeightMove move;
  if (stored.rank() != 4) return move;
  const Json& filters = get(config, "filters");
  const bool old = filters.is_number() && (stored[3] != filters.get<std::int64_t>() || stored[1] != 1);
  if (old) move.permutation = {2, 3, 1, 0};
  move.drop_axis = 1;
  return move;
}

}  // namespace

Tensor WeightMove::operator()(const Tensor& stored) const {
  Tensor out = permutation.empty() ? stored : stored.transpose(permutation);
  if (drop_axis >= 0) {
    std::vector<std::int64_t> dims = out.shape().dims();
    dims.erase(dims.begin() + drop_axis);
    out = std::move(out).reshape(Shape(dims));
  }
  if (!turn || out.size() == 0) return out;
  // All spatial axes backwards is their common index backwards.
  const std::int64_t block = out.dim(-1) * out.dim(-2), count = out.size() / block;
  Tensor result(out.shape(), out.dtype());
  const std::size_t bytes = out.bytes() / static_cast<std::size_t>(count);
  const auto* from = static_cast<const char*>(out.raw());
  auto* to = static_cast<char*>(result.mutable_raw());
  for (std::size_t i = 0, n = static_cast<std::size_t>(count); i < n; ++i)
    std::memcpy(to + i * bytes, from + (n - 1 - i) * bytes, bytes);
  return result;
}

WeightMove move_of(const Json& layer, const std::string& weight, const Shape& stored, int dialect, bool theano) {
  if (dialect == 3 || stored.rank() < 3) return {};
  const Json& owner = owner_of(layer, weight);
  const std::string class_name = class_of(owner);
  constexpr std::array<std::string_view, 4> kTurned{"Conv1D", "Conv2D", "Conv3D", "Conv2DTranspose"};
  if (std::find(kTurned.begin(), kTurned.end(), class_name) == kTurned.end()) return {};
  const bool channels_first = get_text(config_of(owner), "data_format") == "channels_first";
  WeightMove move;
  if (dialect == 1 && class_name == "Conv1D") move = keras1_conv1d(config_of(owner), stored);
  if (dialect == 1) {
    const std::vector<int> order = keras1_permutation(class_name, channels_first);
    if (!order.empty() && static_cast<int>(order.size()) == stored.rank()) move.permutation = order;
  }
  move.turn = theano;
  return move;
}

}  // namespace cornu::saving
