// Reading a Keras configuration key by key: every key is used or reported, types are checked, nothing is guessed.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "cornu/core/json.h"
#include "cornu/core/shape.h"

namespace cornu {

class ConfigReader {
 public:
  // `what` names the object in messages: "layer \"dense\" (Dense)". The JSON outlives the reader.
  ConfigReader(const Json& config, std::string what);

  bool has(const std::string& key) const;  // present and not null
  // The value, or `fallback` when the key is absent or null. Throw ValueError when the value has another type.
  double number(const std::string& key, double fallback);
  std::int64_t integer(const std::string& key, std::int64_t fallback);
  bool boolean(const std::string& key, bool fallback);
  std::string text(const std::string& key, const std::string& fallback);
  std::optional<double> optional_number(const std::string& key);
  std::optional<std::int64_t> optional_integer(const std::string& key);
  std::vector<std::int64_t> integers(const std::string& key);  // a list, or one number
  std::vector<double> numbers(const std::string& key);         // a list, or one number
  Shape shape(const std::string& key);                         // a list; null means unknown
  // The raw value (null when absent).
  Json json(const std::string& key);
  // Throws ValueError when the key is missing.
  void require(const std::string& key) const;
  // Marks a key as known without reading it.
  void ignore(const std::string& key) { used_.insert(key); }
  // Throws ValueError naming every key that nobody read and whose value is not null.
  void finish() const;
  const std::string& what() const { return what_; }

 private:
  const Json* find(const std::string& key);
  [[noreturn]] void wrong(const std::string& key, const char* expected, const Json& value) const;

  const Json& config_;
  std::string what_;
  std::set<std::string> used_;
};

}  // namespace cornu
