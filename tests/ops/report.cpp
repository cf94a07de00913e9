#include "tests/ops/report.h"

#include <algorithm>
#include <iostream>
#include <map>

#include "cornu/core/error.h"
#include "cornu/engine/reference/reference.h"
#include "tests/ops/coverage.h"
#include "tests/ops/op_case.h"

namespace cornu::op_cases {
namespace {

bool compiles(const Engine& engine, const ir::Graph& graph) {
  try {
    engine.compile(graph);
    return true;
  } catch (const EngineError&) {
    return false;
  }
}

// "all", "floats", or the dtypes one by one.
std::string dtypes_text(const std::vector<DType>& defined, const std::vector<DType>& supported) {
  if (supported.empty()) return "no";
  if (supported.size() == defined.size()) return "all";
  std::vector<std::string> names;
  for (const DType d : supported) names.emplace_back(name_of(d));
  return join(names, ", ");
}

using Unsupported = std::map<std::string, std::set<std::pair<ir::Op, DType>>>;

// An engine has an op for a dtype when every case's graph in which it stands compiles.
Unsupported find_unsupported() {
  Unsupported out;
  for (const OpCase& c : all_cases())
    for (const DType dtype : c.dtypes) {
      const Built built = build(c, dtype);
      for (const std::string& name : engine_names())
        if (!compiles(engine(name), built.graph)) out[name].merge(covered_by(built.graph));
    }
  return out;
}

}  // namespace

int print_support() {
  Unsupported unsupported = find_unsupported();
  std::cout << "| op | defined for |";
  for (const std::string& name : engine_names()) std::cout << " " << name << " |";
  std::cout << "\n| --- | --- |";
  for (std::size_t i = 0; i < engine_names().size(); ++i) std::cout << " --- |";
  for (int i = 0; i < ir::kOpCount; ++i) {
    const auto op = static_cast<ir::Op>(i);
    const std::vector<DType> defined = dtypes_of(op);
    std::cout << "\n| " << name_of(op) << " | " << (op == ir::Op::kRandomUniform ? "float32" : name_of(elements_of(op)))
              << " |";
    for (const std::string& name : engine_names()) {
      std::vector<DType> supported;
      for (const DType d : defined)
        if (!unsupported[name].contains({op, d})) supported.push_back(d);
      std::cout << " " << dtypes_text(defined, supported) << " |";
    }
  }
  std::cout << "\n";
  return 0;
}

int print_worst() {
  std::cout << "ulps\tallowed\tengine\tdtype\tcase\n";
  for (const OpCase& c : all_cases())
    for (const DType dtype : c.dtypes) {
      const Built built = build(c, dtype);
      const Tensor expected = evaluate(reference_engine(), built.graph, built.inputs).front();
      for (const std::string& name : engine_names()) {
        if (name == "reference" || !compiles(engine(name), built.graph)) continue;
        const Tensor result = evaluate(engine(name), built.graph, built.inputs).front();
        std::cout << worst_ulps(expected, result, c.tolerance.scale) << '\t' << c.tolerance.ulps << '\t' << name << '\t'
                  << name_of(dtype) << '\t' << c.label << '\n';
      }
    }
  return 0;
}

}  // namespace cornu::op_cases
