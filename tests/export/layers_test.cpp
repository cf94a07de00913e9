// Layers with the numbers of real Keras (tests/golden), exported and judged as C.
#include <gtest/gtest.h>

#include "tests/export/c_program.h"
#include "tests/export/layer_graph.h"

namespace cornu::export_test {
namespace {

const std::vector<Judgment>& all_layers() {
  static const std::vector<Judgment> all = [] {
    std::vector<Judgment> out;
    for_each_layer([&](const golden::Family& f, const Json& c) {
      std::string why;
      std::optional<Judgment> j = judgment(c["name"].get<std::string>(), layer_graph(f, c), {f.array(c, "x")}, &why);
      EXPECT_TRUE(j) << c["name"] << ": " << why;
      if (!j) return;
      j->expected = {f.array(c, "y")};
      out.push_back(std::move(*j));
    });
    return out;
  }();
  return all;
}

TEST(ExportLayers, GccAndSanitizers) {
  ASSERT_GT(all_layers().size(), 50u);
  expect_same(all_layers(), "gcc", "-O0 -fsanitize=address,undefined -fno-sanitize-recover=all");
}

TEST(ExportLayers, Clang) {
  if (!have("clang-14")) GTEST_SKIP() << "this machine has no clang-14";
  expect_same(all_layers(), "clang-14", "-O0");
}

}  // namespace
}  // namespace cornu::export_test
