#include "cornu/trainers/output_plan.h"

#include <algorithm>
#include <functional>

#include "cornu/core/error.h"

namespace cornu {
namespace {

std::string names_of(const std::vector<OutputPlan>& outputs) {
  std::vector<std::string> names;
  for (const OutputPlan& o : outputs) names.push_back(o.name);
  return join(names, ", ");
}

std::size_t position_of(const std::vector<OutputPlan>& outputs, const std::string& name, const char* argument) {
  for (std::size_t i = 0; i < outputs.size(); ++i)
    if (outputs[i].name == name) return i;
  throw ValueError(
      cat("[compile] ", argument, " received: the name \"", name, "\"\n  the outputs are: ", names_of(outputs)));
}

// Gives each entry to its output: by name, by position, or a single one to all.
template <class T>
void spread(const OneOrMany<T>& given, const char* argument, std::vector<OutputPlan>& outputs,
            const std::function<void(OutputPlan&, const T&)>& set) {
  if (given.is_one())
    for (OutputPlan& output : outputs) set(output, given.values()[0]);
  if (given.is_list()) {
    if (given.size() != outputs.size())
      throw ValueError(cat("[compile] ", argument, " received: ", given.size(), " entries\n  expected: ",
                           outputs.size(), ", one for each output (", names_of(outputs), "), or a dict by name"));
    for (std::size_t i = 0; i < outputs.size(); ++i) set(outputs[i], given.values()[i]);
  }
  for (std::size_t i = 0; i < given.names().size(); ++i)
    set(outputs[position_of(outputs, given.names()[i], argument)], given.values()[i]);
}

// A plain list: all of it for the only output, or one metric for each.
void spread_metrics(const MetricLists& given, const char* argument, std::vector<OutputPlan>& outputs,
                    std::vector<Metric> OutputPlan::*list) {
  const OneOrMany<MetricLists::Entry>& entries = given.entries();
  if (outputs.size() == 1) {
    for (const MetricLists::Entry& entry : entries.values())
      (outputs[0].*list).insert((outputs[0].*list).end(), entry.metrics.begin(), entry.metrics.end());
    return;
  }
  if (!entries.is_one()) {
    spread<MetricLists::Entry>(entries, argument, outputs,
                               [&](OutputPlan& o, const MetricLists::Entry& entry) { o.*list = entry.metrics; });
    return;
  }
  const std::vector<Metric>& metrics = entries.values()[0].metrics;
  if (metrics.size() != outputs.size())
    throw ValueError(cat("[compile] ", argument, " received: ", metrics.size(),
                         " metrics\n  expected: ", outputs.size(),
                         ", one for each output, or a dict by their names: {{\"", outputs[0].name, "\", {...}}, ...}"));
  for (std::size_t i = 0; i < outputs.size(); ++i) outputs[i].*list = {metrics[i]};
}

// Keras wants every output in a dict of losses, except where the outputs themselves are a dict.
void check_losses(const OneOrMany<Loss>& loss, const NetworkImpl& network, const std::vector<OutputPlan>& outputs) {
  if (loss.is_dict() && !network.outputs_are_dict())
    for (const OutputPlan& o : outputs)
      if (!loss.find(o.name))
        throw ValueError(cat("[compile] loss received: nothing for output \"", o.name,
                             "\"\n  expected: an entry for each of ", names_of(outputs),
                             "; Loss() for one that is not trained"));
  if (std::none_of(outputs.begin(), outputs.end(), [](const OutputPlan& o) { return static_cast<bool>(o.loss); }))
    throw ValueError(
        cat("model \"", network.name(),
            "\" was compiled without a loss\n  expected: compile({.loss = ...}) before training or evaluating"));
}

}  // namespace

OutputPlans plan_outputs(const CompileArguments& a, const NetworkImpl& network) {
  OutputPlans out;
  for (const TensorSpec& spec : network.outputs()) {
    OutputPlan output;
    output.name = spec.name;
    output.shape = spec.shape;
    out.outputs.push_back(std::move(output));
  }
  spread<Loss>(a.loss, "loss", out.outputs, [](OutputPlan& o, const Loss& loss) { o.loss = loss; });
  spread<Number>(a.loss_weights, "loss_weights", out.outputs, [](OutputPlan& o, Number weight) { o.weight = weight; });
  spread_metrics(a.metrics, "metrics", out.outputs, &OutputPlan::metrics);
  spread_metrics(a.weighted_metrics, "weighted_metrics", out.outputs, &OutputPlan::weighted_metrics);
  check_losses(a.loss, network, out.outputs);
  int target = 0;
  for (OutputPlan& o : out.outputs)
    if (o.needs_target()) o.target = target++;
  if (a.loss.is_dict() && network.outputs_are_dict())
    for (const std::string& name : a.loss.names()) out.loss_order.push_back(position_of(out.outputs, name, "loss"));
  else
    for (std::size_t i = 0; i < out.outputs.size(); ++i) out.loss_order.push_back(i);
  return out;
}

}  // namespace cornu
