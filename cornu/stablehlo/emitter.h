// Private to the printer: writes the body of a function, one operation a line, and knows the type of what it has
// written.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cornu/ir/graph.h"
#include "cornu/stablehlo/stablehlo.h"

namespace cornu::stablehlo {

// A value of the text: "%7".
struct Ref {
  std::string name;
  ir::Type type;
  const Shape& shape() const { return type.shape; }
  DType dtype() const { return type.dtype; }
};

// "tensor<2x3xf32>"
std::string text_of(const ir::Type& type);
std::string text_of(DType dtype);
// "0, 1, 2"
template <class List>
std::string comma_list(const List& items) {
  std::string out;
  for (const auto& item : items) out += (out.empty() ? "" : ", ") + std::to_string(item);
  return out;
}

class Emitter {
 public:
  explicit Emitter(const Options& options) : options_(options) {}

  const Options& options() const { return options_; }
  std::string take_lines() { return std::move(lines_); }
  void line(const std::string& text);

  // "%n = <text>", of this type.
  Ref let(const std::string& text, const ir::Type& type);
  // "%n = <head>(%a, %b)<attributes> : (types of the operands) -> result"
  Ref call(const std::string& head, const std::vector<Ref>& operands, const ir::Type& type,
           const std::string& attributes);

  // Ops whose operands and result have one type.
  Ref same(std::string_view op, const std::vector<Ref>& operands);
  Ref compare(ir::Comparison direction, const Ref& a, const Ref& b);
  Ref select(const Ref& condition, const Ref& a, const Ref& b);
  Ref convert(const Ref& x, DType dtype);
  Ref reshape(const Ref& x, const Shape& shape);
  Ref broadcast(const Ref& x, const Shape& shape, const ir::Axes& dims);
  Ref iota(const ir::Type& type, int axis);
  Ref constant(const Tensor& value);
  // Every element is this number; infinities and NaN, too.
  Ref number(double value, const ir::Type& type);
  // [start:limit:stride] of each axis.
  Ref slice(const Ref& x, const ir::Dims& start, const ir::Dims& limit, const ir::Dims& stride);
  // x[i] of the first axis; `zero` is an i, too.
  Ref line_of(const Ref& x, const Ref& i, const Ref& zero);
  // x with x[i] = line.
  Ref with_line(const Ref& x, const Ref& line, const Ref& i, const Ref& zero);
  Ref transpose(const Ref& x, const ir::Axes& permutation);
  Ref reverse(const Ref& x, const ir::Axes& axes);
  Ref pad(const Ref& x, const Ref& value, const ir::Dims& low, const ir::Dims& high, const ir::Dims& interior);
  // Where x is NaN; of other dtypes than floats: nowhere.
  Ref is_nan(const Ref& x);
  // The binary op that folds two elements of a reduction, and what it starts from.
  static std::string_view folding(ir::Reduction kind);
  Ref identity(ir::Reduction kind, DType dtype);
  // Of 16 bits: in float32, rounded once.
  Ref reduce(ir::Reduction kind, const Ref& x, const ir::Axes& axes);
  static bool loses_digits(ir::Reduction kind, DType dtype);
  // "({ ^bb0(%p, %q): op })"
  std::string region_of(std::string_view op, DType dtype);

 private:
  std::string fresh() { return "%" + std::to_string(next_++); }

  const Options& options_;
  std::string lines_;
  int next_ = 0;
};

// One function a family: the value of a node whose operands are written.
Ref print_source(Emitter& e, const ir::Node& node, const ir::Type& type, const std::vector<Ref>& in);
Ref print_elementwise(Emitter& e, const ir::Node& node, const ir::Type& type, const std::vector<Ref>& in);
Ref print_shape(Emitter& e, const ir::Node& node, const ir::Type& type, const std::vector<Ref>& in);
Ref print_reduce(Emitter& e, const ir::Node& node, const ir::Type& type, const std::vector<Ref>& in);
Ref print_contract(Emitter& e, const ir::Node& node, const ir::Type& type, const std::vector<Ref>& in);
Ref print_window(Emitter& e, const ir::Node& node, const ir::Type& type, const std::vector<Ref>& in);
// A window that folds what it holds.
Ref print_fold(Emitter& e, const ir::ReduceWindowAttributes& a, const ir::Type& type, const Ref& x);
Ref print_index(Emitter& e, const ir::Node& node, const ir::Type& type, const std::vector<Ref>& in);
Ref print_all_reduce(Emitter& e, const Ref& x);
// Philox on whole tensors: the same bits as every other engine's.
Ref print_random_uniform(Emitter& e, const ir::Type& type, const Ref& state);

}  // namespace cornu::stablehlo
