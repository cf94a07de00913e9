// MetricLists: the metrics that compile() takes: a list; one for each output; or a dict by the outputs' names.
//   .metrics = {"accuracy", "mae"}
//   .metrics = {{"class", {"accuracy"}}, {"value", {"mae", "mse"}}}
#pragma once

#include "cornu/core/one_or_many.h"
#include "cornu/metrics/metric.h"

namespace cornu {

class MetricLists {
 public:
  // The metrics of one output, and whether they were given as a list: a file that is read comes back as it was.
  struct Entry {
    std::vector<Metric> metrics;
    bool is_list = true;
  };

  MetricLists() = default;
  MetricLists(std::initializer_list<Metric> metrics) : MetricLists(std::vector<Metric>(metrics)) {}
  // For one output all of them; for several outputs one for each.
  MetricLists(std::vector<Metric> metrics) {
    if (!metrics.empty()) entries_ = Entry{std::move(metrics)};
  }
  // One list for each output.
  MetricLists(const std::vector<std::vector<Metric>>& lists) {
    std::vector<Entry> entries;
    for (const auto& list : lists) entries.push_back({list});
    entries_ = std::move(entries);
  }
  MetricLists(std::initializer_list<std::pair<std::string, std::vector<Metric>>> dict) {
    for (const auto& [name, list] : dict) entries_.add(name, {list});
  }
  MetricLists(OneOrMany<Entry> entries) : entries_(std::move(entries)) {}

  bool empty() const { return entries_.size() == 0; }
  // One entry for a plain list.
  const OneOrMany<Entry>& entries() const { return entries_; }

 private:
  OneOrMany<Entry> entries_;
};

}  // namespace cornu
