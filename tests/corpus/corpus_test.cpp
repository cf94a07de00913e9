// Files that real versions of Keras wrote, opened, judged with and trained on: our own small zoo, and whatever folders
// CORNU_CORPUS names (separated by colons).
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <set>

#include "cornu/core/text.h"
#include "tests/corpus/case.h"

namespace cornu::corpus {
namespace {

// Models of our zoo that need layers or wiring which later versions bring; everything else must be right.
const std::set<std::string> kLater = {"keras-2.0.4th-cnn_th", "keras-2.1.6-bidi", "keras-3.13.2-bidi"};

TEST(Corpus, OurZoo) {
  int right = 0;
  for (const Case& c : cases_in(CORNU_TEST_DATA "/generations")) {
    for (const std::string& file : c.models) {
      const Outcome outcome = try_model(c, file);
      if (kLater.contains(c.name))
        EXPECT_EQ(outcome.kind, Outcome::kNotSupported) << c.name << ": " << outcome.detail;
      else
        EXPECT_EQ(outcome.kind, Outcome::kRight) << file << ": " << outcome.detail;
      right += outcome.kind == Outcome::kRight;
    }
  }
  EXPECT_GT(right, 20);
}

TEST(Corpus, FoldersOfTheEnvironment) {
  const char* folders = std::getenv("CORNU_CORPUS");
  if (!folders) GTEST_SKIP() << "CORNU_CORPUS names no folders: this case is for models that are not ours to publish";
  for (const std::string& folder : split(folders, ':')) {
    int count[3] = {0, 0, 0};
    for (const Case& c : cases_in(folder))
      for (const std::string& file : c.models) {
        const Outcome outcome = try_model(c, file);
        ++count[outcome.kind];
        EXPECT_NE(outcome.kind, Outcome::kWrong) << file << ": " << outcome.detail;
        if (outcome.kind == Outcome::kNotSupported)
          std::cout << "not supported: " << file << ": " << outcome.detail.substr(0, 200) << "\n";
      }
    std::cout << folder << ": " << count[0] << " right, " << count[1] << " wrong, " << count[2]
              << " not supported yet\n";
  }
}

}  // namespace
}  // namespace cornu::corpus
