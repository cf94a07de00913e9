// The statements of the generated function: a block a layer.
#pragma once

#include <set>
#include <string>

#include "cornu/export/int8/network.h"

namespace cornu::int8_export {

struct Code {
  std::string tables, body;
  std::set<std::string> helpers;  // by name; sources.cpp has their texts
  std::size_t table_bytes = 0;
};

class StepWriter {
 public:
  explicit StepWriter(const Network& network) : network_(network) {}
  // One layer, from the arrays `x` (and `x2`) to `y`.
  void write(const Layer& layer, const std::string& x, const std::string& x2, const std::string& y);
  const Code& code() const { return code_; }

 private:
  template <class T>
  std::string table(const std::string& stem, const std::vector<T>& values, DType dtype);
  void product(const Layer& l, const std::string& x, const std::string& y);
  void pool(const Layer& l, const std::string& x, const std::string& y);
  void addition(const Layer& l, const std::string& x, const std::string& x2, const std::string& y);
  void softmax(const Layer& l, const std::string& x, const std::string& y);

  const Network& network_;
  Code code_;
  int number_ = 0;
};

}  // namespace cornu::int8_export
