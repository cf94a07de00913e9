// Runs every case in every use. Suites: Coverage, Numbers, Gradients, Passes, Engines.<name>.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <iostream>

#include "cornu/core/error.h"
#include "cornu/engine/reference/reference.h"
#include "cornu/passes/pass.h"
#include "tests/ops/op_case.h"
#include "tests/ops/report.h"

namespace cornu::op_cases {
namespace {

class CaseTest : public ::testing::Test {
 public:
  explicit CaseTest(std::function<void()> body) : body_(std::move(body)) {}
  void TestBody() override { body_(); }

 private:
  std::function<void()> body_;
};

void add_test(const std::string& suite, const std::string& name, std::function<void()> body) {
  ::testing::RegisterTest(suite.c_str(), name.c_str(), nullptr, nullptr, __FILE__, __LINE__,
                          [body = std::move(body)]() -> ::testing::Test* { return new CaseTest(body); });
}

Tensor run(const Engine& engine, const Built& built, const CompileOptions& options = {}) {
  return evaluate(engine, built.graph, built.inputs, options).front();
}

bool differentiable(const OpCase& c) { return c.no_gradient.empty(); }
bool has(const OpCase& c, DType dtype) { return std::find(c.dtypes.begin(), c.dtypes.end(), dtype) != c.dtypes.end(); }

double largest(const Tensor& t) {
  double out = 1;
  for (std::int64_t i = 0; i < t.size(); ++i) out = std::max(out, std::fabs(t.at(i)));
  return out;
}
bool same_bits(const Tensor& a, const Tensor& b) {
  return a.bytes() == 0 || std::memcmp(a.raw(), b.raw(), a.bytes()) == 0;
}

// The reference engine against the numbers written in the case.
void check_numbers(const OpCase& c) {
  for (const DType dtype : c.dtypes) {
    SCOPED_TRACE(name_of(dtype));
    const Built built = build(c, dtype);
    const Tensor result = run(reference_engine(), built);
    const Tensor expected = Tensor::from(c.expected, result.shape()).astype(result.dtype());
    EXPECT_EQ(difference(expected, result, {std::max(c.tolerance.ulps, 1.0), c.tolerance.scale}), "");
  }
}

double loss_at(const Executable& executable, const ir::Graph& graph, const std::vector<Tensor>& inputs,
               void* workspace) {
  std::vector<const void*> in;
  for (const Tensor& t : inputs) in.push_back(t.raw());
  double loss = 0;
  std::vector<Tensor> rest;
  std::vector<void*> out{&loss};
  for (std::size_t i = 1; i < graph.outputs().size(); ++i) {
    rest.push_back(Tensor::empty(graph.shape(graph.outputs()[i]), float64));
    out.push_back(rest.back().mutable_raw());
  }
  executable.run(in, out, workspace);
  return loss;
}

// One input's gradient against (loss(x + h) - loss(x - h)) / 2h, at no more than 64 of its elements.
void check_differences(const Executable& executable, const Built& built, std::size_t input, const Tensor& gradient) {
  Tensor workspace = Tensor::empty({static_cast<std::int64_t>(executable.workspace_bytes())}, uint8);
  const std::int64_t step = 1 + gradient.size() / 64;
  for (std::int64_t i = 0; i < gradient.size(); i += step) {
    const double x = built.inputs[input].at(i), h = 1e-5 * std::max(1.0, std::fabs(x));
    const auto moved = [&](double by) {
      std::vector<Tensor> inputs = built.inputs;
      inputs[input].mutable_data<double>()[i] = x + by;
      return loss_at(executable, built.graph, inputs, workspace.mutable_raw());
    };
    const double right = moved(h), left = moved(-h), slope = (right - left) / (2 * h);
    // What the difference itself may be off by: its curvature, and the digits that two large losses cancel.
    const double allowed = 1e-6 * std::max(1.0, std::fabs(slope)) + 1e-15 * std::fabs(right) / h;
    ASSERT_NEAR(gradient.at(i), slope, allowed) << "input " << input << ", element " << i;
  }
}

void check_gradient(const OpCase& c) {
  const std::optional<Built> built = build_gradient(c, float64);
  if (!built) return;
  const std::vector<Tensor> out = evaluate(reference_engine(), built->graph, built->inputs);
  const std::unique_ptr<Executable> executable = reference_engine().compile(built->graph);
  std::size_t gradient = 1;
  for (std::size_t i = 0; i < built->inputs.size(); ++i)
    if (is_floating(built->inputs[i].dtype())) check_differences(*executable, *built, i, out.at(gradient++));
}

// An engine under every configuration against the reference.
void check_engine(const OpCase& c, const Engine& engine, DType dtype) {
  SCOPED_TRACE(name_of(dtype));
  const Built built = build(c, dtype);
  const Tensor expected = run(reference_engine(), built);
  for (const Configuration& configuration : configurations(engine.name())) {
    SCOPED_TRACE(configuration.label);
    try {
      const Tensor result = run(engine, built, configuration.options);
      EXPECT_EQ(difference(expected, result, c.tolerance), "")
          << engine.compile(built.graph, configuration.options)->describe();
    } catch (const EngineError& error) {  // an engine may be without a dtype, but not without float32
      EXPECT_NE(dtype, float32) << error.what();
      return;
    }
  }
}

// The graph of the gradient is one more graph to run. Each of its ops is held to its own tolerance elsewhere, so here
// it need only be near.
void check_engine_gradient(const OpCase& c, const Engine& engine) {
  const std::optional<Built> built = build_gradient(c, float32);
  if (!built) return;
  const std::vector<Tensor> expected = evaluate(reference_engine(), built->graph, built->inputs);
  for (const Configuration& configuration : configurations(engine.name())) {
    SCOPED_TRACE(configuration.label);
    const std::vector<Tensor> result = evaluate(engine, built->graph, built->inputs, configuration.options);
    for (std::size_t i = 1; i < expected.size(); ++i)
      EXPECT_EQ(difference(expected[i], result[i], {4 * c.tolerance.ulps + 32, largest(expected[i])}), "")
          << "gradient output " << i;
  }
}

// The number of threads does not change a bit.
void check_threads(const OpCase& c, const Engine& engine) {
  const Built built = build(c, float32);
  const Tensor one = run(engine, built, {.threads = 1});
  for (const int threads : {2, 3, 8})
    EXPECT_TRUE(same_bits(one, run(engine, built, {.threads = threads}))) << threads << " threads";
}

void add_engine_tests(const OpCase& c, const std::string& name) {
  add_test("Engines." + name, c.label, [&c, name] {
    for (const DType dtype : c.dtypes) check_engine(c, engine(name), dtype);
    // The threads of a plug-in are its own.
    if (has(c, float32) && name != "pjrt") check_threads(c, engine(name));
    if (has(c, float32) && differentiable(c)) check_engine_gradient(c, engine(name));
  });
}

// Passes keep every value: the graph before and after them, both on the reference engine. Sums may be done in another
// order and constants at another time, so it need only be as near as any engine must be.
void check_passes(const OpCase& c) {
  for (const Configuration& configuration : configurations()) {
    SCOPED_TRACE(configuration.label);
    const passes::PipelineOptions options{.disabled = configuration.options.disabled_passes, .verify = true};
    for (const DType dtype : c.dtypes) {
      SCOPED_TRACE(name_of(dtype));
      Built built = build(c, dtype);
      const Tensor expected = run(reference_engine(), built);
      built.graph = passes::run_pipeline(built.graph, options);
      EXPECT_EQ(difference(expected, run(reference_engine(), built), c.tolerance), "") << ir::print(built.graph);
    }
  }
  if (!differentiable(c) || !has(c, float64)) return;
  std::optional<Built> built = build_gradient(c, float64);
  if (!built) return;
  const std::vector<Tensor> expected = evaluate(reference_engine(), built->graph, built->inputs);
  built->graph = passes::run_pipeline(built->graph, {.disabled = {}, .verify = true});
  const std::vector<Tensor> result = evaluate(reference_engine(), built->graph, built->inputs);
  for (std::size_t i = 1; i < expected.size(); ++i)
    EXPECT_EQ(difference(expected[i], result[i], {256, largest(expected[i])}), "") << "gradient output " << i;
}

void add_tests() {
  for (const OpCase& c : all_cases()) {
    if (!c.expected.empty()) add_test("Numbers", c.label, [&c] { check_numbers(c); });
    if (differentiable(c) && (has(c, float32) || has(c, float64)))
      add_test("Gradients", c.label, [&c] { check_gradient(c); });
    add_test("Passes", c.label, [&c] { check_passes(c); });
    for (const std::string& name : engine_names())
      if (name != "reference") add_engine_tests(c, name);
  }
}

// "" when every engine of this build can run here, as it is told to by CORNU_CPU and the like; else why not.
std::string refusal() {
  try {
    for (const std::string& name : engine_names()) run(engine(name), build(all_cases().front(), float32));
  } catch (const EngineError& error) {
    return error.what();
  }
  return "";
}

}  // namespace
}  // namespace cornu::op_cases

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--support") == 0) return cornu::op_cases::print_support();
    if (std::strcmp(argv[i], "--worst") == 0) return cornu::op_cases::print_worst();
  }
  if (const std::string why = cornu::op_cases::refusal(); !why.empty()) {
    std::cerr << why << "\n";
    return 77;  // ctest counts it as skipped: this machine lacks an instruction set
  }
  cornu::op_cases::add_tests();
  return RUN_ALL_TESTS();
}
