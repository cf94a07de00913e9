// The small functions that generated code calls: each is written once, and only when something calls it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cornu/ir/graph.h"

namespace cornu::c99 {

class Helpers {
 public:
  // An elementwise op (other than convert, compare and select) of values that are C expressions.
  std::string apply(ir::Op op, DType dtype, const std::vector<std::string>& x);
  std::string convert(DType from, DType to, const std::string& x);
  std::string compare(ir::Comparison direction, DType dtype, const std::string& a, const std::string& b);
  // sum + x * w, rounded once where the chip has an instruction for that.
  std::string more(DType dtype, const std::string& sum, const std::string& x, const std::string& w);
  // a and b folded into one; what a fold begins with.
  std::string fold(ir::Reduction kind, DType dtype, const std::string& a, const std::string& b);
  static std::string identity(ir::Reduction kind, DType dtype);
  // An index held between 0 and `last`.
  std::string clamped(DType dtype, const std::string& index, std::int64_t last);
  // A function by its own name and text.
  void need(const std::string& name, const std::string& text) { functions_[name] = text; }
  // The definitions, in the order of their names.
  std::string text() const;

 private:
  std::string call(const std::string& stem, DType dtype, const std::string& body, const std::vector<std::string>& x);
  std::string floats(ir::Op op, DType dtype, const std::vector<std::string>& x);
  std::string integers(ir::Op op, DType dtype, const std::vector<std::string>& x);
  std::string extremum(bool maximum, DType dtype, const std::vector<std::string>& x);

  std::map<std::string, std::string> functions_;
};

}  // namespace cornu::c99
