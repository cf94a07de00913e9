#include "tools/cornu/textconv.h"

#include <cmath>

#include "cornu/saving/checksums.h"
#include "cornu/saving/config_words.h"

namespace cornu::tool {
namespace {

// One line a plain value, so that git shows the key that changed.
void write_json(const Json& value, const std::string& name, const std::string& indent, std::string& out) {
  const bool nested = value.is_object() && !value.empty();
  out += cat(indent, name, nested ? ":" : ": " + dump_json(value), "\n");
  if (!nested) return;
  for (const auto& [key, inner] : value.items())
    if (key != "shared_object_id" && key != "build_config") write_json(inner, key, indent + "  ", out);
}

std::string hex(std::uint32_t value) {
  char text[9];
  std::snprintf(text, sizeof text, "%08x", value);
  return text;
}

// The checksum tells that something changed, mean and norm how much.
void write_tensor(const saving::NamedTensor& tensor, const std::string& indent, std::string& out) {
  double sum = 0, squares = 0;
  for (std::int64_t i = 0; i < tensor.value.size(); ++i) {
    const double v = tensor.value.at(i);
    sum += v;
    squares += v * v;
  }
  const double mean = tensor.value.size() == 0 ? 0 : sum / static_cast<double>(tensor.value.size());
  char numbers[80];
  std::snprintf(numbers, sizeof numbers, "mean %.6g, norm %.6g", mean, std::sqrt(squares));
  out += cat(indent, tensor.name, ": ", name_of(tensor.value.dtype()), " ", tensor.value.shape(), ", ", numbers,
             ", crc32 ", hex(saving::checksum_of(tensor.value)), "\n");
}

}  // namespace

std::string text_of(const saving::ModelFile& file) {
  std::string out = cat("keras_version: ", dump_json(Json(file.keras_version)),
                        "\nmodel: ", saving::class_of(file.architecture), "\n");
  const Json& config = saving::config_of(file.architecture);
  if (config.is_object())
    for (const auto& [key, value] : config.items())
      if (key != "layers") write_json(value, key, "  ", out);
  for (const Json& layer : saving::layers_of(file.architecture)) {
    out += cat("layer ", dump_json(Json(saving::layer_name(layer))), ": ", saving::class_of(layer), "\n");
    if (const Json& own = saving::config_of(layer); own.is_object())
      for (const auto& [key, value] : own.items()) write_json(value, key, "  ", out);
    if (layer.contains("inbound_nodes")) write_json(layer["inbound_nodes"], "inbound_nodes", "  ", out);
  }
  out += "weights:\n";
  for (const saving::LayerWeights& group : file.weights)
    for (const saving::NamedTensor& weight : group.weights) write_tensor(weight, "  ", out);
  if (file.compile_config) write_json(*file.compile_config, "training", "", out);
  if (!file.optimizer.empty()) out += "optimizer state:\n";
  for (const saving::NamedTensor& variable : file.optimizer) write_tensor(variable, "  ", out);
  return out;
}

}  // namespace cornu::tool
