// Every op case (tests/ops) as generated C against the reference engine.
#include <gtest/gtest.h>

#include "tests/export/c_program.h"
#include "tests/ops/op_case.h"

namespace cornu::export_test {
namespace {

// One of each kind of number that there is C for: the rest differs in the name of the type.
constexpr DType kDtypes[] = {float32, int32, uint8, bool_, float64};

// Each case for the first dtype of the list that it has, and every fourth for the others as well.
std::vector<Judgment> judgments(std::map<std::string, int>& refused) {
  std::vector<Judgment> out;
  int number = 0;
  for (const op_cases::OpCase& c : op_cases::all_cases()) {
    bool first = true;
    ++number;
    for (const DType dtype : kDtypes) {
      if (std::find(c.dtypes.begin(), c.dtypes.end(), dtype) == c.dtypes.end()) continue;
      if (!std::exchange(first, false) && number % 8) continue;
      op_cases::Built built = op_cases::build(c, dtype);
      std::string why;
      std::optional<Judgment> j = judgment(cat(c.label, " ", name_of(dtype)), {built.graph, {}}, built.inputs, &why);
      if (!j) {
        const std::size_t from = why.find("received: ") + 10;
        ++refused[why.substr(from, why.find(':', from) - from)];
        continue;
      }
      j->scale = std::max(1.0, c.tolerance.scale);
      // 22,680 numbers, added one after the other in float32; the reference adds in double.
      if (c.label == "convolution with a window of a whole image") j->scale = 1000;
      out.push_back(std::move(*j));
    }
  }
  return out;
}

// What is refused is what judges do not need; nothing else.
TEST(Export, OpsAreTheReferences) {
  std::map<std::string, int> refused;
  const std::vector<Judgment> all = judgments(refused);
  EXPECT_GT(all.size(), 300u);
  for (const auto& [what, count] : refused)
    EXPECT_TRUE(what == "random_uniform" || what == "select_and_scatter" || what == "all_reduce" ||
                what == "replica_id" || what == "fusion" || what == "convolution" ||
                what.find("float16") != std::string::npos)
        << what << ": " << count;
  expect_same(all, "gcc", "-O0");
}

}  // namespace
}  // namespace cornu::export_test
