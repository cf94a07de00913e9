// Walking through a configuration, whatever its generation.
#include <set>

#include "cornu/core/error.h"
#include "cornu/saving/config_text.h"
#include "cornu/saving/config_words.h"
#include "cornu/saving/scan.h"

namespace cornu::saving {
namespace {

constexpr std::size_t kMaxFindings = 1000;

bool has_scheme(const std::string& text) {
  const std::size_t at = text.find("://");
  if (at == std::string::npos || at == 0 || at > 12) return false;
  for (std::size_t i = 0; i < at; ++i)
    if ((text[i] < 'a' || text[i] > 'z') && (text[i] < '0' || text[i] > '9')) return false;
  return true;
}

bool looks_like_path(const std::string& text) {
  if (text.size() < 2 || text.size() > 4096 || text.find('\n') != std::string::npos) return false;
  return text[0] == '/' || text.find("../") != std::string::npos || starts_with(text, "~/") ||
         (text[1] == ':' && (text[2] == '\\' || text[2] == '/')) || starts_with(text, "\\\\");
}

// Keys that Keras opens as a file when they hold a text.
bool opens_files(const std::string& key) {
  static const std::set<std::string> keys = {"vocabulary", "filepath", "filename", "fname",
                                             "origin",     "path",     "log_dir"};
  return keys.contains(key);
}

class Walker {
 public:
  Walker(bool legacy, Scan& scan) : legacy_(legacy), scan_(scan) {}

  void walk(const Json& value, const std::string& at, const std::string& key) {
    if (scan_.findings.size() >= kMaxFindings) return;
    if (value.is_object()) {
      if (value.contains("class_name") && value["class_name"].is_string()) check_class(value, at);
      if (value.contains("fn") && value.contains("module")) check_class(value, at);
      for (const auto& [name, inner] : value.items()) {
        check_switch(name, inner, at);
        walk(inner, at.empty() ? name : cat(at, ".", name), name);
      }
    } else if (value.is_array()) {
      for (std::size_t i = 0; i < value.size(); ++i) walk(value[i], cat(at, "[", i, "]"), "");
    } else if (value.is_string()) {
      check_text(value.get_ref<const std::string&>(), at, key);
    }
  }

 private:
  void check_class(const Json& object, const std::string& at) {
    if (auto found = dangerous_class(object, legacy_)) {
      const std::string name = layer_name(object);
      scan_.findings.push_back({found->kind, at, name.empty() ? found->what : cat("layer '", name, "': ", found->what),
                                found->pattern, found->instead});
    }
  }

  void check_switch(const std::string& key, const Json& value, const std::string& at) {
    if (key == "safe_mode" || key == "enable_unsafe_deserialization" || key == "allow_pickle")
      scan_.findings.push_back({Finding::kImport, at, cat("sets ", key, " to ", dump_json(value).substr(0, 40)),
                                value.is_null() ? "CVE-2026-12481" : "CVE-2025-9906", ""});
  }

  void check_text(const std::string& text, const std::string& at, const std::string& key) {
    const bool scheme = has_scheme(text);
    if (!scheme && !looks_like_path(text) && !(opens_files(key) && !text.empty())) return;
    const char* pattern = key == "vocabulary" ? "CVE-2025-12058" : "";
    scan_.findings.push_back({Finding::kReference, at,
                              cat("refers to ", scheme ? "the address '" : "the path '", text.substr(0, 200), "'"),
                              pattern, key == "vocabulary" ? "the vocabulary itself, as a list" : ""});
  }

  bool legacy_;
  Scan& scan_;
};

}  // namespace

void scan_config(const Json& config, const std::string& where, bool legacy, Scan& scan) {
  const std::size_t first = scan.findings.size();
  Walker(legacy, scan).walk(config, "", "");
  for (std::size_t i = first; i < scan.findings.size(); ++i)
    scan.findings[i].where = scan.findings[i].where.empty() ? where : cat(where, ": ", scan.findings[i].where);
  if (config.is_object())
    if (const std::string version = get_text(config, "keras_version"); !version.empty()) scan.keras_version = version;
}

void scan_config_text(std::string_view text, const std::string& where, bool legacy, Scan& scan) {
  try {
    scan_config(parse_config(text, where, where), where, legacy, scan);
  } catch (const FileError& error) {
    const bool bomb = std::string(error.what()).find("exhaust memory") != std::string::npos ||
                      std::string(error.what()).find("nested too deeply") != std::string::npos;
    scan.findings.push_back({bomb ? Finding::kBomb : Finding::kDamage, where, error.what(), "", ""});
  }
}

}  // namespace cornu::saving
