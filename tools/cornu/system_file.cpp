#include "tools/cornu/system_file.h"

#include <toml++/toml.h>

#include <filesystem>

#include "cornu/core/error.h"
#include "tools/cornu/output.h"

namespace cornu::tool {
namespace {

class Converter {
 public:
  Converter(const std::string& name, std::map<std::string, int>& lines) : name_(name), lines_(lines) {}

  Json convert(const toml::node& node, const std::string& at) {
    lines_[at] = static_cast<int>(node.source().begin.line);
    if (const toml::table* table = node.as_table()) {
      Json out = Json::object();
      for (const auto& [key, value] : *table) {
        const std::string text(key.str());
        out[text] = convert(value, at.empty() ? text : at + "." + text);
      }
      return out;
    }
    if (const toml::array* array = node.as_array()) {
      Json out = Json::array();
      for (std::size_t i = 0; i < array->size(); ++i) out.push_back(convert(*array->get(i), cat(at, "[", i, "]")));
      return out;
    }
    if (const auto* text = node.as_string()) return text->get();
    if (const auto* whole = node.as_integer()) return whole->get();
    if (const auto* number = node.as_floating_point()) return number->get();
    if (const auto* truth = node.as_boolean()) return truth->get();
    throw ValueError(cat(name_, ":", lines_[at], ": ", at,
                         " is a date or a time\n  expected: text, a number, true, false, a list or a table"));
  }

 private:
  const std::string& name_;
  std::map<std::string, int>& lines_;
};

}  // namespace

SystemFile::SystemFile(const std::string& path) : name_(std::filesystem::path(path).filename().string()) {
  const std::string text = read_text(path, "the system");
  try {
    const toml::table table = toml::parse(text, name_);
    root_ = Converter(name_, lines_).convert(table, "");
  } catch (const toml::parse_error& error) {
    const toml::source_position at = error.source().begin;
    throw FileError(cat("'", path, "' is no TOML\n  received: ", error.description(), ", in line ", at.line,
                        ", column ", at.column, "\n  see: docs/guide/system-toml.md"));
  }
}

std::string SystemFile::where(const std::string& at) const {
  const auto line = lines_.find(at);
  return line == lines_.end() ? cat(name_, ": ", at)
                              : cat(name_, ":", line->second, ": ", at.empty() ? "the system" : at);
}

SystemPart SystemPart::below(const std::string& key) const {
  const std::string path = at.empty() ? key : at + "." + key;
  if (!has(key)) throw ValueError(cat(where(), " has no ", key, "\n  expected: [", path, "]"));
  return {file, json[key], path};
}

Json keras_form(const Json& value) {
  if (value.is_array()) {
    Json out = Json::array();
    for (const Json& item : value) out.push_back(keras_form(item));
    return out;
  }
  if (!value.is_object()) return value;
  Json inner = Json::object();
  for (const auto& [key, item] : value.items())
    if (key != "class") inner[key] = keras_form(item);
  if (!value.contains("class")) return inner;
  return Json{{"class_name", value["class"]}, {"config", inner}};
}

}  // namespace cornu::tool
