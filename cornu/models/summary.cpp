#include "cornu/models/summary.h"

#include <algorithm>
#include <cstdio>
#include <set>

#include "cornu/models/functional_network.h"
#include "cornu/models/summary_table.h"

namespace cornu {
namespace {

std::string readable(double bytes) {
  const char* units[] = {"B", "KB", "MB", "GB", "TB", "PB"};
  int unit = 0;
  while (bytes / 1024 >= 1 && unit < 5) {
    bytes /= 1024;
    ++unit;
  }
  char text[64];
  std::snprintf(text, sizeof text, "%.2f %s", bytes, units[unit]);
  return text;
}

std::string total(const char* what, std::int64_t count, std::int64_t bytes) {
  return cat(" ", what, ": ", with_commas(count), " (", readable(static_cast<double>(bytes)), ")\n");
}

OptimizerSize size_of_all(const std::vector<Variable>& variables) {
  OptimizerSize out;
  for (const Variable& v : variables) {
    out.count += v.size();
    out.bytes += static_cast<std::int64_t>(v.bytes());
  }
  return out;
}

// Whether the calls are one after the other, no layer twice: then there is nothing to say about connections.
bool is_chain(const FunctionalNetwork& network) {
  std::set<const LayerImpl*> seen;
  for (const std::vector<NodePtr>& depth : network.map().by_depth)
    if (depth.size() > 1 || depth[0]->inputs.size() > 1 || !seen.insert(&depth[0]->layer.impl()).second) return false;
  return true;
}

std::vector<SummaryColumn> make_columns(bool connections, bool trainable) {
  using enum SummaryColumn::Align;
  std::vector<SummaryColumn> columns;
  if (connections)
    columns = {{"Layer (type)", 0.3, kLeft},
               {"Output Shape", 0.56, kLeft},
               {"Param #", 0.74, kRight},
               {"Connected to", 1.0, kLeft}};
  else
    columns = {{"Layer (type)", 0.45, kLeft}, {"Output Shape", 0.80, kLeft}, {"Param #", 1.0, kRight}};
  if (trainable) {
    for (SummaryColumn& column : columns) column.position *= 0.9;
    columns.push_back({"Trainable", 1.0, kCenter});
  }
  return columns;
}

// As Python's tuples, but without their comma behind a single number.
std::string bracketed(const Shape& shape) {
  std::string text = to_string(shape);
  if (shape.rank() == 1) text.erase(text.size() - 2, 1);
  return text;
}

// "(None, 8)", or a list where there are several; "?" when it is not known.
std::string shape_text(const Layer& layer) {
  std::vector<Shape> shapes;
  if (const auto nodes = layer.impl().inbound_nodes(); !nodes.empty())
    for (const Node::Output& output : nodes.back()->outputs) shapes.push_back(output.shape);
  else if (layer.built())
    shapes = layer.impl().compute_output_shapes(layer.impl().build_shapes());
  if (shapes.empty()) return "?";
  std::vector<std::string> texts;
  for (const Shape& shape : shapes) texts.push_back(bracketed(shape));
  return texts.size() == 1 ? texts[0] : cat("[", join(texts, ", "), "]");
}

class Writer {
 public:
  Writer(const NetworkImpl& network, const SummaryOptions& options)
      : functional_(dynamic_cast<const FunctionalNetwork*>(&network)),
        options_(options),
        connections_(functional_ && !is_chain(*functional_)),
        table_(make_columns(connections_, options.show_trainable), options.line_length) {
    if (functional_) own_.insert(functional_->map().nodes.begin(), functional_->map().nodes.end());
    add(network.operations(), 0);
  }
  std::string text() const { return table_.text(); }

 private:
  void add(const std::vector<Layer>& layers, int level) {
    for (const Layer& layer : layers) {
      const std::string prefix = level ? repeated("   ", level) + "└ " : "";
      std::vector<std::string> cells = {cat(prefix, layer.name(), " (", layer.class_name(), ")"), shape_text(layer),
                                        layer.built() ? with_commas(layer.count_params()) : "0 (unbuilt)"};
      if (connections_) cells.push_back(connections(layer));
      if (options_.show_trainable) cells.push_back(layer.weights().empty() ? "-" : layer.trainable() ? "Y" : "N");
      table_.add_row(cells);
      const auto* inner = dynamic_cast<const NetworkImpl*>(&layer.impl());
      if (inner && options_.expand_nested) add(inner->layers(), level + 1);
    }
  }

  // "dense[0][0], dense[1][0]": layer, call, output. Layers of models inside stand in no call of this one.
  std::string connections(const Layer& layer) const {
    std::vector<std::string> out;
    for (const NodePtr& node : layer.impl().inbound_nodes())
      if (own_.contains(node))
        for (const KerasTensor& input : node->inputs)
          out.push_back(cat(input.layer().name(), "[", input.node()->number, "][", input.index(), "]"));
    return out.empty() ? "-" : join(out, ", ");
  }

  const FunctionalNetwork* functional_;
  const SummaryOptions& options_;
  bool connections_;
  SummaryTable table_;
  std::set<NodePtr> own_;
};

}  // namespace

std::string summary(const NetworkImpl& network, const SummaryOptions& options, std::optional<OptimizerSize> optimizer) {
  std::string out = cat("Model: \"", network.name(), "\"\n", Writer(network, options).text());
  const OptimizerSize trained = size_of_all(network.trainable_variables());
  const OptimizerSize fixed = size_of_all(network.non_trainable_variables());
  const OptimizerSize slots = optimizer.value_or(OptimizerSize{});
  out += total("Total params", trained.count + fixed.count + slots.count, trained.bytes + fixed.bytes + slots.bytes);
  out += total("Trainable params", trained.count, trained.bytes);
  out += total("Non-trainable params", fixed.count, fixed.bytes);
  if (optimizer) out += total("Optimizer params", slots.count, slots.bytes);
  return out;
}

}  // namespace cornu
