// History: what every epoch of a fit gave, as Keras's History.history.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cornu/callbacks/logs.h"
#include "cornu/core/json.h"

namespace cornu {

class History {
 public:
  std::vector<std::int64_t> epoch;
  // One value an epoch for each log: history.history["loss"].
  std::map<std::string, std::vector<double>> history;

  const std::vector<double>& operator[](const std::string& name) const {
    const auto it = history.find(name);
    if (it != history.end()) return it->second;
    std::vector<std::string> names;
    for (const auto& [known, values] : history) names.push_back(known);
    throw ValueError(cat("no history is named \"", name, "\"\n  there are: ", join(names, ", ")));
  }
  void add(std::int64_t at, const Logs& logs) {
    epoch.push_back(at);
    for (const auto& [name, value] : logs) history[name].push_back(value);
  }
  // {"loss": [...], ...}
  Json to_json() const {
    Json out = Json::object();
    for (const auto& [name, values] : history) out[name] = values;
    return out;
  }
};

}  // namespace cornu
