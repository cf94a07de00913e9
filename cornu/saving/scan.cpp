#include "cornu/saving/scan.h"

#include <algorithm>

#include "cornu/core/error.h"
#include "cornu/saving/read_bytes.h"

namespace cornu::saving {
namespace {

// YAML that makes Python build objects: what Keras 2 read with model_from_yaml.
void scan_yaml(std::string_view text, const std::string& shown, Scan& scan) {
  for (std::size_t at = text.find("!!python/"); at != std::string::npos; at = text.find("!!python/", at + 1))
    scan.findings.push_back({Finding::kCode, cat(shown, ": byte ", at),
                             cat("YAML that builds a Python object: ",
                                 text.substr(at, std::min<std::size_t>(60, text.find('\n', at) - at))),
                             "CVE-2021-37678", "model.to_json()"});
}

}  // namespace

const char* name_of(Finding::Kind kind) {
  switch (kind) {
    case Finding::kCode: return "code";
    case Finding::kImport: return "import";
    case Finding::kReference: return "reference";
    case Finding::kLink: return "link";
    case Finding::kBomb: return "bomb";
    case Finding::kDamage: return "damage";
  }
  return "";
}

std::string format_of(std::string_view bytes) {
  const std::string_view begin = bytes.substr(0, 4096);
  const std::size_t text = begin.find_first_not_of(" \t\r\n");
  if (starts_with(begin, "\x89HDF\r\n\x1a\n")) return "h5";
  if (starts_with(begin, "PK\x03\x04") || starts_with(begin, "PK\x05\x06")) return "keras";
  if (text != std::string_view::npos && (begin[text] == '{' || begin[text] == '[')) return "json";
  const bool yaml =
      begin.find("class_name:") != std::string_view::npos || begin.find("!!python") != std::string_view::npos;
  return yaml ? "yaml" : "unknown";
}

Scan scan_bytes(SharedBytes bytes, const std::string& shown) {
  Scan scan;
  scan.format = format_of(bytes.view);
  if (scan.format == "h5")
    scan_hdf5(bytes, shown, scan);
  else if (scan.format == "keras")
    scan_zip(bytes.view, shown, scan);
  else if (scan.format == "json")
    scan_config_text(bytes.view, shown, false, scan);
  else if (scan.format == "yaml")
    scan_yaml(bytes.view, shown, scan);
  else
    scan.findings.push_back(
        {Finding::kDamage, shown, "neither HDF5, nor a zip archive, nor JSON: nothing can be said about it", "", ""});
  return scan;
}

Scan scan_file(const std::string& path) { return scan_bytes(read_shared_bytes(path), path); }

}  // namespace cornu::saving
