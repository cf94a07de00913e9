#include "cornu/layers/option_fields.h"

namespace cornu::layers {

void OptionReader::edges(const char* key, EdgeList& value, int axes) {
  const Json json = config_.json(key);
  const auto wrong = [&] {
    throw ValueError(cat(config_.what(), ": ", key, "\n  received: ", dump_json(json),
                         "\n  expected: a whole number, or a list of whole numbers or pairs of them"));
  };
  const auto number = [&](const Json& j) {
    if (!j.is_number_integer()) wrong();
    return j.get<std::int64_t>();
  };
  if (json.is_null()) return;
  if (!json.is_array()) {
    value = EdgeList(number(json));
    return;
  }
  std::vector<Edge> edges;
  for (const Json& j : json) {
    if (j.is_array() && j.size() != 2) wrong();
    edges.push_back(j.is_array() ? Edge(number(j[0]), number(j[1])) : Edge(number(j)));
  }
  value = EdgeList(EdgeList(std::move(edges)).for_axes(axes, config_.what(), key));
}

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

}  // namespace cornu::layers
