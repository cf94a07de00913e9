// SYSTEM.toml as JSON that remembers its lines. docs/guide/system-toml.md says what may stand in it.
#pragma once

#include <map>
#include <string>

#include "cornu/core/config.h"
#include "cornu/core/json.h"

namespace cornu::tool {

class SystemFile {
 public:
  // Throws FileError: not there, or no TOML (with line and column).
  explicit SystemFile(const std::string& path);

  const Json& root() const { return root_; }
  // "system.toml:12: training.sensor", for messages. `at` is a path such as "training.dataset.steps[0]".
  std::string where(const std::string& at) const;

 private:
  std::string name_;
  Json root_;
  std::map<std::string, int> lines_;
};

// One table of the file, with the place where it stands.
struct SystemPart {
  const SystemFile& file;
  const Json& json;
  std::string at;

  std::string where() const { return file.where(at); }
  ConfigReader reader() const { return ConfigReader(json, where()); }
  // The table, list or value below a key. Throws ValueError when it is not there.
  SystemPart below(const std::string& key) const;
  bool has(const std::string& key) const { return json.is_object() && json.contains(key); }
};

// {class = "Dense", units = 64} in Keras's object form, also inside of lists and other objects.
Json keras_form(const Json& value);

// The segments. Throw FileError, ValueError, ...
void run_training(const SystemPart& segment);
void run_judgment(const SystemPart& segment);

}  // namespace cornu::tool
