// Files that real versions of Keras wrote, opened, judged with and trained on: our own small zoo, and whatever folders
// CORNU_CORPUS names (separated by colons).
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <set>

#include "cornu/core/text.h"
#include "cornu/layers/layer.h"
#include "tests/corpus/case.h"

namespace cornu::corpus {
namespace {

// Models of our zoo that need layers or wiring which later versions bring; everything else must be right.
const std::set<std::string> kLater = {"keras-2.1.6-bidi", "keras-3.13.2-bidi"};

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

std::set<std::string> words_of(const std::string& path, char begin, char end) {
  std::ifstream in(path);
  std::set<std::string> out;
  for (std::string line; std::getline(in, line);)
    for (std::size_t at = line.find(begin); at != std::string::npos; at = line.find(begin, at + 1)) {
      const std::size_t last = line.find(end, at + 1);
      if (last == std::string::npos) break;
      out.insert(line.substr(at + 1, last - at - 1));
      at = last;
    }
  return out;
}

// docs/guide/files.md names each layer of Keras that cannot be loaded yet, and no other.
TEST(Corpus, ThePageListsWhatIsMissing) {
  const std::set<std::string> page = words_of(CORNU_ROOT "/docs/guide/files.md", '`', '`');
  std::ifstream layers(CORNU_TEST_DATA "/keras_layers.txt");
  int count = 0;
  for (std::string name; std::getline(layers, name); ++count)
    EXPECT_NE(page.contains(name), layers::registry().knows(name)) << name;
  EXPECT_GT(count, 100);
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
