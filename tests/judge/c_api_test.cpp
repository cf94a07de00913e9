// The C API, called by code that a C99 compiler compiled (judge_from_c.c).
#include <thread>

#include "cornu/judge/judge.h"
#include "tests/judge/judge_from_c.h"
#include "tests/judge/test_models.h"

namespace cornu {
namespace {

using CApi = test::JudgeTest;

TEST_F(CApi, JudgesFilesAndMemory) {
  test::convnet().save(path("m.keras"));
  const Tensor x = test::numbers({5, 8, 8, 1}, 3);
  const std::vector<float> expected = Judge(path("m.keras")).judge(x).to_vector<float>();
  std::vector<float> y(15), z(15);
  EXPECT_EQ(judge_file_from_c(path("m.keras").c_str(), x.data<float>(), 5, y.data()), 0) << error_from_c();
  EXPECT_EQ(y, expected);
  const std::string bytes = contents("m.keras");
  EXPECT_EQ(judge_memory_from_c(bytes.data(), bytes.size(), x.data<float>(), 5, z.data()), 0) << error_from_c();
  EXPECT_EQ(z, expected);
}

TEST_F(CApi, ErrorsAreTextsOfTheirThread) {
  EXPECT_EQ(judge_file_from_c(path("none.keras").c_str(), nullptr, 1, nullptr), 1);
  const std::string here = error_from_c();
  EXPECT_NE(here.find("none.keras"), std::string::npos) << here;
  EXPECT_NE(here.find("way out: check the path"), std::string::npos) << here;
  std::string there;
  std::thread([&] {
    judge_memory_from_c("GIF89a", 6, nullptr, 1, nullptr);
    there = error_from_c();
  }).join();
  EXPECT_NE(there.find("neither HDF5 nor a zip archive"), std::string::npos) << there;
  EXPECT_EQ(error_from_c(), here);
}

TEST_F(CApi, ANumberOfSamplesThatIsNone) {
  test::convnet().save(path("m.keras"));
  float x[64] = {}, y[3];
  EXPECT_EQ(judge_file_from_c(path("m.keras").c_str(), x, 0, y), 7);
  EXPECT_NE(std::string(error_from_c()).find("received: 0 samples"), std::string::npos) << error_from_c();
}

}  // namespace
}  // namespace cornu
