#include "tools/cornu/arguments.h"

#include <charconv>
#include <cmath>
#include <cstdlib>

#include "cornu/core/error.h"
#include "cornu/data/load_array.h"
#include "cornu/engine/engine.h"
#include "tools/cornu/command.h"

namespace cornu::tool {
namespace {

template <class T>
bool read_number(std::string_view text, T& value) {
  text = trim(text);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

// Python's words as well as JSON's, since Keras users type them.
Json value_of(const std::string& text) {
  if (text == "True") return true;
  if (text == "False") return false;
  if (text == "None") return nullptr;
  try {
    return parse_json(text);
  } catch (const ValueError&) {
    // "1e-3" and ".5" are numbers to Python, not to JSON.
    double number = 0;
    return read_number(text, number) ? Json(number) : Json(text);
  }
}

}  // namespace

Json parse_optimizer(const std::string& text) {
  const std::size_t colon = text.find(':');
  const std::string name(trim(text.substr(0, colon)));
  if (name.empty()) throw UsageError(cat("--optimizer received: '", text, "'\n  expected: NAME or NAME:key=value,..."));
  Json config = Json::object();
  if (colon != std::string::npos)
    for (const std::string& item : split(text.substr(colon + 1), ',')) {
      const std::size_t equals = item.find('=');
      const std::string key(trim(item.substr(0, equals)));
      if (equals == std::string::npos || key.empty())
        throw UsageError(cat("--optimizer received: '", item, "' in '", text, "'\n  expected: key=value, such as ",
                             name, ":learning_rate=0.01"));
      if (config.contains(key)) throw UsageError(cat("--optimizer received: ", key, " twice, in '", text, "'"));
      config[key] = value_of(std::string(trim(item.substr(equals + 1))));
    }
  return Json{{"class_name", name}, {"config", config}};
}

std::map<std::int64_t, double> parse_class_weight(const std::string& text) {
  std::map<std::int64_t, double> out;
  for (const std::string& item : split(text, ',')) {
    const std::size_t equals = item.find('=');
    std::int64_t label = 0;
    double weight = 0;
    const bool good = equals != std::string::npos && read_number(item.substr(0, equals), label) && label >= 0 &&
                      read_number(item.substr(equals + 1), weight) && std::isfinite(weight);
    if (!good)
      throw UsageError(cat("--class-weight received: '", item, "' in '", text,
                           "'\n  expected: class=weight,..., such as 0=1.0,1=2.5"));
    if (!out.emplace(label, weight).second) throw UsageError(cat("--class-weight received: class ", label, " twice"));
  }
  return out;
}

std::vector<std::string> parse_names(const std::string& text, const std::string& option) {
  std::vector<std::string> out;
  for (const std::string& name : split(text, ',')) out.emplace_back(trim(name));
  for (const std::string& name : out)
    if (name.empty())
      throw UsageError(cat(option, " received: '", text, "'\n  expected: names with commas between them"));
  return out;
}

std::vector<Tensor> load_arrays(const std::vector<std::string>& specs) {
  std::vector<Tensor> out;
  for (const std::string& spec : specs) out.push_back(data::load_array(spec));
  return out;
}

Tensor load_sample_weight(const std::string& spec) {
  Tensor weight = data::load_array(spec);
  if (weight.rank() == 2 && weight.dim(1) == 1) return std::move(weight).reshape({-1});
  return weight;
}

void use_threads(int threads) {
  // The process-wide default of the engine: it also holds for models that are not compiled.
  if (threads > 0) setenv("CORNU_THREADS", std::to_string(threads).c_str(), 1);
}

void use_engine(const std::string& name) {
  if (name.empty()) return;
  engine(name);
  setenv("CORNU_ENGINE", name.c_str(), 1);
}

}  // namespace cornu::tool
