// Goldens: numbers that real Keras made (README.md), and what the golden tests share: cases, arrays, running a graph on
// every engine, comparing.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "cornu/core/json.h"
#include "cornu/core/tensor.h"
#include "cornu/ir/value.h"

namespace cornu::golden {

// One family: its cases in order and its arrays. Loaded once a process.
class Family {
 public:
  explicit Family(const std::string& name);

  const std::vector<Json>& cases() const { return cases_; }
  // The array that a case names under "arrays": case["arrays"][role]. Throws ValueError when it names none.
  Tensor array(const Json& golden_case, const std::string& role) const { return at(golden_case.at("arrays").at(role)); }
  // The array of this key.
  Tensor at(const std::string& key) const;

 private:
  std::vector<Json> cases_;
  std::map<std::string, Tensor> arrays_;
};
const Family& family(const std::string& name);

// Cases that a test leaves out, each with its reason. A name that is no case (any more) fails the test: see
// for_each_case.
using Skips = std::map<std::string, std::string>;

// Runs `test` on each case that has `key`, in a trace of its name. A case that throws fails.
void for_each_case(const std::string& family_name, const char* key,
                   const std::function<void(const Family&, const Json&)>& test, const Skips& skips = {});

// Builds a graph with one parameter for each input, runs it on every engine of this build, and calls `check` with the
// engine's outputs in a trace of the engine's name.
using Build = std::function<std::vector<Value>(const std::vector<Value>& inputs)>;
void on_every_engine(const std::vector<Tensor>& inputs, const Build& build,
                     const std::function<void(const std::vector<Tensor>& outputs)>& check);

// |actual - expected| <= relative * |expected| + absolute for every element; equal infinities match, NaN matches NaN.
struct Tolerance {
  double relative = 1e-6;
  double absolute = 1e-6;
};
testing::AssertionResult near(const Tensor& actual, const Tensor& expected, Tolerance tolerance = {});
testing::AssertionResult near(double actual, double expected, Tolerance tolerance = {});

}  // namespace cornu::golden
