#include "cornu/core/json.h"

#include <cmath>
#include <limits>

#include "cornu/core/error.h"

namespace cornu {
namespace {

constexpr int kMaxDepth = 512;
// nlohmann's lexer knows no NaN; such tokens travel through it as strings that no sane text contains.
constexpr std::string_view kNan = "\x01NaN\x01", kInfinity = "\x01Infinity\x01", kMinusInfinity = "\x01-Infinity\x01";

// One walk over the raw text: checks the depth before any recursive parser sees it, and swaps Python's special numbers.
std::string prepare(std::string_view text, std::string_view what, bool& has_special) {
  std::string out;
  out.reserve(text.size());
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      out += c;
      if (c == '\\' && i + 1 < text.size())
        out += text[++i];
      else if (c == '"')
        in_string = false;
      continue;
    }
    if (c == '"') in_string = true;
    if (c == '[' || c == '{') {
      if (++depth > kMaxDepth)
        throw ValueError(cat(what, " is nested too deeply\n  received: more than ", kMaxDepth, " levels"));
    } else if (c == ']' || c == '}') {
      --depth;
    }
    const std::string_view rest = text.substr(i);
    const auto swap = [&](std::string_view token, std::string_view marker) {
      if (!starts_with(rest, token)) return false;
      (((out += "\"\\u0001") += marker.substr(1, marker.size() - 2)) += "\\u0001\"");
      i += token.size() - 1;
      return has_special = true;
    };
    if ((c == 'N' && swap("NaN", kNan)) || (c == 'I' && swap("Infinity", kInfinity)) ||
        (c == '-' && swap("-Infinity", kMinusInfinity)))
      continue;
    out += c;
  }
  return out;
}

void restore(Json& value) {
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    if (text == kNan)
      value = std::numeric_limits<double>::quiet_NaN();
    else if (text == kInfinity)
      value = std::numeric_limits<double>::infinity();
    else if (text == kMinusInfinity)
      value = -std::numeric_limits<double>::infinity();
  } else if (value.is_structured()) {
    for (auto& item : value) restore(item);
  }
}

void write_string(const std::string& text, std::string& out) {
  // nlohmann's own escaping with ensure_ascii is Python's, except for DEL, which both leave alone.
  out += Json(text).dump(-1, ' ', true, Json::error_handler_t::replace);
}

void write(const Json& value, int indent, int level, std::string& out) {
  const auto newline = [&](int depth) {
    if (indent < 0) return;
    out += '\n';
    out.append(static_cast<std::size_t>(indent * depth), ' ');
  };
  const char* separator = indent < 0 ? ", " : ",";
  if (value.is_object() || value.is_array()) {
    const bool object = value.is_object();
    if (value.empty()) {
      out += object ? "{}" : "[]";
      return;
    }
    out += object ? '{' : '[';
    bool first = true;
    for (auto it = value.begin(); it != value.end(); ++it) {
      if (!first) out += separator;
      first = false;
      newline(level + 1);
      if (object) {
        write_string(it.key(), out);
        out += ": ";
      }
      write(*it, indent, level + 1, out);
    }
    newline(level);
    out += object ? '}' : ']';
  } else if (value.is_number_float()) {
    const double number = value.get<double>();
    out += std::isnan(number) ? "NaN" : std::isinf(number) ? (number > 0 ? "Infinity" : "-Infinity") : repr(number);
  } else if (value.is_string()) {
    write_string(value.get_ref<const std::string&>(), out);
  } else {
    out += value.dump();
  }
}

}  // namespace

Json parse_json(std::string_view text, std::string_view what) {
  bool has_special = false;
  const std::string prepared = prepare(text, what, has_special);
  try {
    Json value = Json::parse(prepared);
    if (has_special) restore(value);
    return value;
  } catch (const Json::exception& error) {
    throw ValueError(cat(what, " is not valid JSON\n  received: ", error.what()));
  }
}

std::string dump_json(const Json& value) { return dump_json(value, -1); }

std::string dump_json(const Json& value, int indent) {
  std::string out;
  write(value, indent, 0, out);
  return out;
}

}  // namespace cornu
