#include "cornu/saving/checksums.h"

#include <libdeflate.h>

#include <charconv>

#include "cornu/core/error.h"
#include "cornu/saving/config_text.h"
#include "cornu/saving/config_words.h"

namespace cornu::saving {
namespace {

std::string hex(std::uint32_t value) {
  std::string out(8, '0');
  for (std::size_t i = 8; i-- > 0; value >>= 4) out[i] = "0123456789abcdef"[value & 15];
  return out;
}

}  // namespace

std::uint32_t checksum_of(const Tensor& tensor) { return libdeflate_crc32(0, tensor.raw(), tensor.bytes()); }

std::string dump_checksums(const Checksums& checksums) {
  Json datasets = Json::object();
  for (const auto& [path, value] : checksums) datasets[path] = hex(value);
  return dump_json(Json{{"algorithm", "crc32"}, {"datasets", datasets}});
}

std::optional<Checksums> parse_checksums(const std::string& text) {
  Checksums result;
  try {
    const Json object = parse_config(text, "checksums", "");
    if (get_text(object, "algorithm") != "crc32" || !get(object, "datasets").is_object()) return std::nullopt;
    for (const auto& [path, value] : get(object, "datasets").items()) {
      const std::string digits = value.is_string() ? value.get<std::string>() : "";
      std::uint32_t number = 0;
      const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number, 16);
      if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
      result[path] = number;
    }
  } catch (const FileError&) {
    return std::nullopt;
  }
  return result;
}

}  // namespace cornu::saving
