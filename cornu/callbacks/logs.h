// Logs: named numbers of a step, an epoch or an evaluation, in an order.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "cornu/core/error.h"

namespace cornu {

class Logs {
 public:
  Logs() = default;
  Logs(std::initializer_list<std::pair<std::string, double>> items) : items_(items) {}

  void set(const std::string& name, double value) {
    for (auto& item : items_)
      if (item.first == name) {
        item.second = value;
        return;
      }
    items_.emplace_back(name, value);
  }
  bool contains(const std::string& name) const { return find(name) != nullptr; }
  // Throws ValueError naming what there is.
  double operator[](const std::string& name) const {
    if (const double* value = find(name)) return *value;
    std::vector<std::string> names;
    for (const auto& item : items_) names.push_back(item.first);
    throw ValueError(cat("no log is named \"", name, "\"\n  there are: ", join(names, ", ")));
  }
  const double* find(const std::string& name) const {
    for (const auto& item : items_)
      if (item.first == name) return &item.second;
    return nullptr;
  }
  bool empty() const { return items_.empty(); }
  std::size_t size() const { return items_.size(); }
  auto begin() const { return items_.begin(); }
  auto end() const { return items_.end(); }

 private:
  std::vector<std::pair<std::string, double>> items_;
};

}  // namespace cornu
