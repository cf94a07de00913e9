// What a trainer reports: losses and metrics, gathered over batches.
#include <algorithm>

#include "cornu/core/error.h"
#include "cornu/trainers/trainer.h"

namespace cornu {
namespace {

Tracker mean_of(Tracker::Of of, const std::string& name, std::size_t output) {
  const Tensor zero = Tensor::scalar<float>(0);
  return {of, name, Metric("mean"), output, false, {zero.copy(), zero.copy()}};
}

bool is_taken(const std::vector<Tracker>& trackers, const std::string& name) {
  return std::any_of(trackers.begin(), trackers.end(), [&](const Tracker& t) { return t.name == name; });
}

// Keras's names: a metric that is there already is "weighted_..." among the weighted ones, and else gets a number.
std::string unique(const std::vector<Tracker>& trackers, const std::string& prefix, const std::string& metric,
                   bool weighted) {
  std::string name = prefix + metric;
  if (weighted && is_taken(trackers, name)) name = cat(prefix, "weighted_", metric);
  const std::string base = name;
  for (int n = 1; is_taken(trackers, name); ++n) name = cat(base, "_", n);
  return name;
}

}  // namespace

const OutputPlans& Trainer::outputs() {
  if (!outputs_) outputs_ = plan_outputs(arguments(), network());
  return *outputs_;
}

void Trainer::build_trackers(const std::vector<Tensor>& y) {
  if (!trackers_.empty()) return;
  std::vector<Tracker> trackers = {mean_of(Tracker::kTotal, "loss", 0)};
  const std::vector<OutputPlan>& plans = outputs().outputs;
  if (std::count_if(plans.begin(), plans.end(), [](const OutputPlan& o) { return static_cast<bool>(o.loss); }) > 1)
    for (const std::size_t o : outputs().loss_order)
      if (plans[o].loss) trackers.push_back(mean_of(Tracker::kLoss, plans[o].name + "_loss", o));
  const auto losses = static_cast<std::ptrdiff_t>(trackers.size());
  add_metrics(y, trackers);
  // Keras's evaluate() lists the metrics of several outputs by name.
  if (plans.size() > 1)
    std::sort(trackers.begin() + losses, trackers.end(),
              [](const Tracker& a, const Tracker& b) { return a.name < b.name; });
  trackers_ = std::move(trackers);
}

void Trainer::add_metrics(const std::vector<Tensor>& y, std::vector<Tracker>& trackers) {
  const std::vector<OutputPlan>& plans = outputs().outputs;
  for (const bool weighted : {false, true})
    for (std::size_t o = 0; o < plans.size(); ++o)
      for (const Metric& given : weighted ? plans[o].weighted_metrics : plans[o].metrics) {
        const Metric metric = given.resolve(y.at(static_cast<std::size_t>(plans[o].target)).shape(), plans[o].shape);
        const std::string prefix = plans.size() > 1 ? plans[o].name + "_" : "";
        Tracker tracker{Tracker::kMetric, unique(trackers, prefix, metric.name(), weighted), metric, o, weighted, {}};
        for (const MetricState& s : metric.impl().state()) tracker.state.push_back(s.initial.copy());
        if (const Shape shape = metric.impl().result(tracker.state).shape(); shape.size() != 1)
          throw NotSupportedError(cat("metric \"", tracker.name, "\" gives ", shape.size(),
                                      " numbers\n  expected: one; a log holds one, so take one threshold a metric"));
        trackers.push_back(std::move(tracker));
      }
}

void Trainer::reset_metrics() {
  for (Tracker& tracker : trackers_) {
    const std::vector<MetricState> first = tracker.metric.impl().state();
    for (std::size_t k = 0; k < tracker.state.size(); ++k) tracker.state[k] = first[k].initial.copy();
  }
}

Logs Trainer::logs() const {
  Logs out;
  for (const Tracker& tracker : trackers_) out.set(tracker.name, tracker.metric.impl().result(tracker.state).item());
  return out;
}

}  // namespace cornu
