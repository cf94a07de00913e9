#include "cornu/core/config.h"

#include "cornu/core/error.h"

namespace cornu {

ConfigReader::ConfigReader(const Json& config, std::string what) : config_(config), what_(std::move(what)) {
  if (!config.is_object())
    throw ValueError(cat(what_, ": its configuration is no object\n  received: ", dump_json(config)));
}

const Json* ConfigReader::find(const std::string& key) {
  used_.insert(key);
  const auto it = config_.find(key);
  return it == config_.end() || it->is_null() ? nullptr : &*it;
}

bool ConfigReader::has(const std::string& key) const {
  const auto it = config_.find(key);
  return it != config_.end() && !it->is_null();
}

void ConfigReader::wrong(const std::string& key, const char* expected, const Json& value) const {
  throw ValueError(cat(what_, ": key \"", key, "\"\n  received: ", dump_json(value), "\n  expected: ", expected));
}

double ConfigReader::number(const std::string& key, double fallback) { return optional_number(key).value_or(fallback); }
std::int64_t ConfigReader::integer(const std::string& key, std::int64_t fallback) {
  return optional_integer(key).value_or(fallback);
}

std::optional<double> ConfigReader::optional_number(const std::string& key) {
  const Json* v = find(key);
  if (!v) return std::nullopt;
  if (!v->is_number()) wrong(key, "a number", *v);
  return v->get<double>();
}

std::optional<std::int64_t> ConfigReader::optional_integer(const std::string& key) {
  const Json* v = find(key);
  if (!v) return std::nullopt;
  if (v->is_number_integer()) return v->get<std::int64_t>();
  // Keras 1 wrote some counts as 64.0.
  if (v->is_number_float() && v->get<double>() == static_cast<double>(static_cast<std::int64_t>(v->get<double>())))
    return static_cast<std::int64_t>(v->get<double>());
  wrong(key, "an integer", *v);
}

bool ConfigReader::boolean(const std::string& key, bool fallback) {
  const Json* v = find(key);
  if (!v) return fallback;
  if (v->is_number_integer() && (*v == 0 || *v == 1)) return *v == 1;  // what Python takes for the same, files hold too
  if (!v->is_boolean()) wrong(key, "true or false", *v);
  return v->get<bool>();
}

std::string ConfigReader::text(const std::string& key, const std::string& fallback) {
  const Json* v = find(key);
  if (!v) return fallback;
  if (!v->is_string()) wrong(key, "a string", *v);
  return v->get<std::string>();
}

std::vector<std::int64_t> ConfigReader::integers(const std::string& key) {
  const Json* v = find(key);
  if (!v) return {};
  if (v->is_number_integer()) return {v->get<std::int64_t>()};
  std::vector<std::int64_t> out;
  if (!v->is_array()) wrong(key, "a list of integers", *v);
  for (const Json& item : *v) {
    if (!item.is_number_integer()) wrong(key, "a list of integers", *v);
    out.push_back(item.get<std::int64_t>());
  }
  return out;
}

std::vector<double> ConfigReader::numbers(const std::string& key) {
  const Json* v = find(key);
  if (!v) return {};
  if (v->is_number()) return {v->get<double>()};
  std::vector<double> out;
  if (!v->is_array()) wrong(key, "a list of numbers", *v);
  for (const Json& item : *v) {
    if (!item.is_number()) wrong(key, "a list of numbers", *v);
    out.push_back(item.get<double>());
  }
  return out;
}

Shape ConfigReader::shape(const std::string& key) {
  const Json* v = find(key);
  Shape out;
  if (!v) return out;
  if (v->is_number_integer()) return Shape{v->get<std::int64_t>()};
  if (!v->is_array()) wrong(key, "a list of dimensions", *v);
  for (const Json& item : *v) {
    if (!item.is_null() && !item.is_number_integer()) wrong(key, "a list of dimensions (integers or null)", *v);
    if (item.is_number_integer() && item.get<std::int64_t>() < -1) wrong(key, "dimensions >= 0", *v);
    out.push_back(item.is_null() ? Shape::kNone : item.get<std::int64_t>());
  }
  return out;
}

Json ConfigReader::json(const std::string& key) {
  const Json* v = find(key);
  return v ? *v : Json(nullptr);
}

void ConfigReader::require(const std::string& key) const {
  if (!has(key)) throw ValueError(cat(what_, ": key \"", key, "\" is missing\n  received: ", dump_json(config_)));
}

void ConfigReader::finish() const {
  std::vector<std::string> unknown;
  std::string near;
  for (const auto& [key, value] : config_.items()) {
    if (used_.contains(key) || value.is_null()) continue;
    unknown.push_back(cat("\"", key, "\": ", dump_json(value)));
    if (near.empty()) near = nearest(key, {used_.begin(), used_.end()});
  }
  if (!unknown.empty())
    throw ValueError(cat(what_, " has arguments that this version does not know\n  received: ", join(unknown, ", "),
                         near.empty() ? "" : cat("\n  did you mean \"", near, "\"?"),
                         "\n  they might change what the model computes, so they are not ignored"));
}

}  // namespace cornu
