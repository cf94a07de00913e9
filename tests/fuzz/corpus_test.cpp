// The committed corpus, and the inputs that once were findings, through the functions that the fuzzers call.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/fuzz/targets.h"

namespace cornu::fuzz {
namespace {

class Corpus : public testing::TestWithParam<Target> {};

TEST_P(Corpus, EndsWithAnAnswer) {
  const std::filesystem::path folder = std::filesystem::path(CORNU_FUZZ_CORPUS) / GetParam().name;
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    SCOPED_TRACE(entry.path().string());
    GetParam().run(bytes);
    // And cut off, as a broken copy is.
    GetParam().run(std::string_view(bytes).substr(0, bytes.size() / 2));
    ++count;
  }
  EXPECT_GT(count, 2) << folder;
}

INSTANTIATE_TEST_SUITE_P(Fuzz, Corpus, testing::ValuesIn(kTargets),
                         [](const auto& target) { return std::string(target.param.name); });

}  // namespace
}  // namespace cornu::fuzz
