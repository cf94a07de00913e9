#include "cornu/engine/pjrt/program_cache.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "cornu/core/text.h"
#include "cornu/engine/pjrt/pjrt_engine.h"
#include "cornu/engine/pjrt/program.h"
#include "cornu/ir/ops.h"

namespace cornu::pjrt {
namespace {

namespace fs = std::filesystem;

std::string text_of(int addend) {
  return cat(
      "module @m {\n  func.func public @main(%a: tensor<f32> {tf.aliasing_output = 0 : i32}) -> (tensor<f32>) {\n",
      "    %c = stablehlo.constant dense<", addend, ".0> : tensor<f32>\n",
      "    %0 = stablehlo.add %a, %c : tensor<f32>\n    return %0 : tensor<f32>\n  }\n}\n");
}

class ProgramCacheTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        cat(::testing::TempDir(), "/cornu_programs_", ::testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(folder_);
    setenv("CORNU_CACHE", folder_.c_str(), 1);
  }
  void TearDown() override {
    setenv("CORNU_CACHE", "off", 1);
    fs::remove_all(folder_);
  }
  // What the program makes of 1, and whether it came from the disk.
  std::pair<float, bool> run(int addend) const {
    const Plugin& plugin = Plugin::get();
    const Program program(plugin, text_of(addend));
    const float one = 1;
    const Buffer in = Buffer::from_host(plugin, &one, {DType::kFloat32, {}});
    float out = 0;
    program.run({{in.get()}}, 1)[0][0].to_host(&out, sizeof out);
    return {out, program.was_cached()};
  }
  std::vector<fs::path> files() const {
    std::vector<fs::path> out;
    if (fs::exists(folder_))
      for (const auto& entry : fs::directory_iterator(folder_)) out.push_back(entry.path());
    return out;
  }

  std::string folder_;
};

TEST_F(ProgramCacheTest, AProgramIsCompiledOnce) {
  EXPECT_EQ(run(2), std::pair(3.0f, false));
  EXPECT_EQ(run(2), std::pair(3.0f, true));
  EXPECT_EQ(run(3), std::pair(4.0f, false));  // another text
  EXPECT_EQ(files().size(), 2u);
}

TEST_F(ProgramCacheTest, CanBeSwitchedOff) {
  setenv("CORNU_CACHE", "off", 1);
  EXPECT_EQ(run(2), std::pair(3.0f, false));
  EXPECT_EQ(run(2), std::pair(3.0f, false));
  EXPECT_TRUE(files().empty());
}

// Every kind of damage is a program that is not there, and the file is written anew.
TEST_F(ProgramCacheTest, ADamagedFileIsWrittenAgain) {
  EXPECT_EQ(run(2), std::pair(3.0f, false));
  const fs::path file = files().at(0);
  const std::uintmax_t size = fs::file_size(file);
  const auto damaged_at = [&](std::uintmax_t at) {
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekg(static_cast<std::streamoff>(at));
    const char was = static_cast<char>(stream.get());
    stream.seekp(static_cast<std::streamoff>(at));
    stream.put(static_cast<char>(was ^ 0x40));
  };
  for (const std::uintmax_t at : {std::uintmax_t{0}, std::uintmax_t{9}, std::uintmax_t{17}, std::uintmax_t{25},
                                  std::uintmax_t{40}, size / 2, size - 1}) {
    damaged_at(at);
    EXPECT_EQ(run(2), std::pair(3.0f, false)) << "byte " << at;
    EXPECT_EQ(run(2), std::pair(3.0f, true)) << "byte " << at;
  }
  for (const std::uintmax_t length : {std::uintmax_t{0}, std::uintmax_t{12}, size / 2, size - 1}) {
    fs::resize_file(file, length);
    EXPECT_EQ(run(2), std::pair(3.0f, false)) << length << " bytes";
    EXPECT_EQ(run(2), std::pair(3.0f, true)) << length << " bytes";
  }
}

// A file of this name that holds the program of another key.
TEST_F(ProgramCacheTest, AForeignFileIsNotUsed) {
  EXPECT_EQ(run(2), std::pair(3.0f, false));
  const fs::path two = files().at(0);
  EXPECT_EQ(run(3), std::pair(4.0f, false));
  const fs::path three = files().at(0) == two ? files().at(1) : files().at(0);
  fs::copy_file(two, three, fs::copy_options::overwrite_existing);
  EXPECT_EQ(run(3), std::pair(4.0f, false));
}

TEST_F(ProgramCacheTest, AFolderThatCannotBeIsNoError) {
  std::ofstream(folder_) << "a file";
  EXPECT_EQ(run(2), std::pair(3.0f, false));
}

TEST_F(ProgramCacheTest, WhatWasNotUsedForLongestGoes) {
  EXPECT_EQ(run(1).second, false);
  const std::uintmax_t one = fs::file_size(files().at(0));
  const fs::path oldest = files().at(0);
  fs::last_write_time(oldest, fs::file_time_type::clock::now() - std::chrono::hours(1));
  EXPECT_EQ(run(2).second, false);
  ProgramCache(folder_, one + one / 2).make_room();
  ASSERT_EQ(files().size(), 1u);
  EXPECT_NE(files().at(0), oldest);
}

}  // namespace
}  // namespace cornu::pjrt
