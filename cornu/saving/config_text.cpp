#include "cornu/saving/config_text.h"

#include <algorithm>

#include "cornu/core/error.h"
#include "cornu/saving/hdf5_reader.h"

namespace cornu::saving {
namespace {

constexpr std::ptrdiff_t kMaxValues = 1 << 22;
// Steps of upgrading look for a layer among all others; the largest known models have 2,000.
constexpr std::size_t kMaxLayers = 1 << 14;

// Layers and everything else that has a class, in nested models too.
std::size_t count_layers(const Json& value) {
  std::size_t count = 0;
  if (value.is_object() && value.contains("class_name") && value.contains("inbound_nodes")) ++count;
  if (value.is_object() && value.contains("layers") && value["layers"].is_array()) count += value["layers"].size();
  if (value.is_structured())
    for (const Json& item : value) count += count_layers(item);
  return count;
}

}  // namespace

Json parse_config(std::string_view text, const std::string& what, const std::string& shown) {
  const auto fail = [&](const std::string& why, const char* way_out) {
    throw FileError(cat(cannot_read(shown), "  received: ", what, why, "\n", "  way out: ", way_out));
  };
  constexpr const char* kHarm = "the file is damaged or made to exhaust memory; get it again from a source you trust";
  if (text.size() > kMaxConfigBytes)
    fail(cat(" of ", text.size(), " bytes, where at most ", kMaxConfigBytes, " are expected"), kHarm);
  const std::ptrdiff_t values =
      std::count_if(text.begin(), text.end(), [](char c) { return c == ',' || c == '{' || c == '['; });
  if (values > kMaxValues) fail(cat(" with more than ", kMaxValues, " values"), kHarm);
  Json value;
  try {
    value = parse_json(text, what);
  } catch (const ValueError& error) {
    fail(cat(" is not valid JSON: ", error.what()), "the file is damaged; save it again");
  }
  if (const std::size_t layers = count_layers(value); layers > 2 * kMaxLayers)
    fail(cat(" with more than ", kMaxLayers, " layers"), kHarm);
  return value;
}

}  // namespace cornu::saving
