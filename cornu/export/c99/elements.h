// An element of a value as C: an expression, before which loops may have to stand (a sum, say). The loops of whoever
// wants the element are open around it.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cornu/export/c99/c_text.h"
#include "cornu/export/c99/helpers.h"
#include "cornu/export/c99/plan.h"
#include "cornu/export/inference_graph.h"

namespace cornu::c99 {

// One C expression an axis; axes of length 1 have "0".
using Place = std::vector<std::string>;
// "i * 28 + j"
std::string flat_place(const Shape& shape, const Place& place);
// The same elements in a shape with other axes of length 1.
Place moved_place(const Shape& from, const Place& place, const Shape& to);

// The open loops of a product: what is multiplied in the innermost one.
struct Product {
  ir::ValueId left, right;
  Place left_place, right_place;
  int right_feature = -1;  // the axis of `right` that makes the last axis of the result
  int opened = 0;
};

class Elements {
 public:
  Elements(const exporting::InferenceGraph& in, const Plan& plan) : in_(in), g_(in.graph), plan_(plan) {}

  Writer& writer() { return writer_; }
  Helpers& helpers() { return helpers_; }
  // The element, read from memory where the value has some.
  std::string at(ir::ValueId v, const Place& place);
  // The element, computed.
  std::string compute(ir::ValueId v, const Place& place);
  // From here on, the value is this expression, wherever it is asked for.
  void know(ir::ValueId v, const std::string& expression) { known_[v] = expression; }
  void forget(ir::ValueId v) { known_.erase(v); }
  Product open_product(const ir::Node& node, const Place& place);
  // A constant kernel (..., outputs) as [block of outputs][...][output of the block], so that a loop over `...` reads
  // one number after the other; the last block is as narrow as it has to be. The return value is the table's name.
  std::string blocked(ir::ValueId kernel, int lanes);
  // The array of a stored value: "x0" for an input, "y0" for an output, else "t3"; read() notes that it is read.
  std::string array(ir::ValueId v) const;
  std::string read(ir::ValueId v);

  // What was read since the last call: stored values, and the tables' names for the comment.
  std::set<ir::ValueId> take_reads() { return std::exchange(reads_, {}); }
  std::vector<std::string> take_names() { return std::exchange(names_, {}); }
  // Definitions of the tables that were read, in the order of first use, and their bytes.
  const std::string& tables() const { return tables_; }
  std::size_t table_bytes() const { return table_bytes_; }

 private:
  std::optional<std::string> base(ir::ValueId v);
  std::string constant(ir::ValueId v, const Place& place);
  std::string table_name(const Tensor& value);
  std::string define_table(const Tensor& original, const Tensor& values, const std::string& ending);
  std::string elementwise(const ir::Node& node, const Place& place);
  std::string reshaped(const ir::Node& node, const Place& place);
  std::string padded(const ir::Node& node, const Place& place);
  std::string gathered(const ir::Node& node, const Place& place);
  std::string reduced(const ir::Node& node, const Place& place);
  std::string window(const ir::Node& node, const Place& place);
  std::string argmax(const ir::Node& node, const Place& place);
  std::string product(const ir::Node& node, const Place& place);
  Product open_dot(const ir::Node& node, const Place& place);
  Product open_convolution(const ir::Node& node, const Place& place);
  // Opens `for (name = 0; name < length; ++name)`; gives the variable, or "0" for a length of 1.
  std::string loop(std::int64_t length, int& opened);
  // The element of the axis that lies under the window; holes and padding are skipped.
  std::string slide(const ir::WindowAxis& w, std::int64_t length, const std::string& position, const std::string& tap);

  const exporting::InferenceGraph& in_;
  const ir::Graph& g_;
  const Plan& plan_;
  Writer writer_{1};
  Helpers helpers_;
  std::map<ir::ValueId, std::string> known_;
  std::map<std::pair<const void*, std::string>, std::string> table_names_;
  std::set<std::string> taken_;
  std::set<ir::ValueId> reads_;
  std::vector<std::string> names_;
  std::string tables_;
  std::size_t table_bytes_ = 0;
};

}  // namespace cornu::c99
