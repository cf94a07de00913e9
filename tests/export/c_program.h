// Generated sources as one program that reads inputs and writes outputs, compiled with every warning an error.
#pragma once

#include <string>
#include <vector>

#include "cornu/export/c99/c99.h"

namespace cornu::export_test {

struct Judgment {
  std::string label;
  c99::Sources sources;
  std::vector<Tensor> inputs, expected;
  double scale = 1;  // of the numbers that were added on the way: what an error is measured against
};

// A judgment for a graph whose parameters are its inputs, or nothing (with `why` set) where it is refused.
std::optional<Judgment> judgment(const std::string& label, const exporting::InferenceGraph& graph,
                                 const std::vector<Tensor>& inputs, std::string* why);

// Compiles all of them into one program, runs it and compares each with the reference engine's answer: 1e-5 for floats,
// equal for the rest. Fails the test for each that differs. Many functions a file: it is compilers' starts that cost.
void expect_same(const std::vector<Judgment>& judgments, const std::string& compiler, const std::string& flags);

// Whether this machine has the compiler.
bool have(const std::string& program);

}  // namespace cornu::export_test
