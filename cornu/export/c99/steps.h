// The body of the generated function: one step for each value that has memory.
#pragma once

#include "cornu/export/c99/elements.h"

namespace cornu::c99 {

struct Step {
  ir::ValueId value;
  std::set<ir::ValueId> reads;
};

class Steps {
 public:
  explicit Steps(const exporting::InferenceGraph& in) : g_(in.graph), plan_(in.graph), elements_(in, plan_) { run(); }

  const std::vector<Step>& steps() const { return steps_; }
  const Elements& elements() const { return elements_; }
  const std::string& body() const { return body_; }
  std::string helpers() { return elements_.helpers().text(); }

 private:
  void run();
  // The statements that fill the value's array.
  void store(const ir::Node& node);
  void store_each(ir::ValueId v);
  void concatenate(const ir::Node& node);
  void accumulate(const ir::Node& node);
  void scatter(const ir::Node& node);
  // lanes.cpp: a product with many results a turn.
  bool store_product(ir::ValueId v);
  void store_lanes(ir::ValueId v, const ir::Node& product, const Place& place, const std::string& first, int lanes,
                   int block);
  bool has_plain_kernel(const ir::Node& product) const;
  std::string open_row(const Product& p, const std::string& first, int lanes, int block);
  // pooled.cpp: a max pooling together with the convolution before it.
  bool store_pooled(const ir::Node& pool);
  void store_pooled_lanes(const ir::Node& pool, const ir::Node& convolution, const Place& place, int lanes);
  // The product that the value is made of by elementwise work alone; null: there is none.
  const ir::Node* product_under(ir::ValueId v) const;
  // Opens a loop for each axis but `without`; gives the variables.
  Place open(const Shape& shape, int& opened, int without = -1);
  std::string target(ir::ValueId v, const Place& place);
  std::string headline(ir::ValueId v);

  const ir::Graph& g_;
  Plan plan_;
  Elements elements_;
  std::vector<Step> steps_;
  std::string body_;
};

}  // namespace cornu::c99
