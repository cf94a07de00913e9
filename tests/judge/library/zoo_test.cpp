// libcornu_judge.a against real Keras: every model of tests/data/generations, through the C API. The library is linked
// into a shared one of its own (what an app loads), since the test reads its arrays with Cornu's other parts.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "cornu/core/error.h"
#include "cornu/data/npy.h"
#include "cornu/judge/cornu_judge.h"

namespace cornu {
namespace {

namespace fs = std::filesystem;

// Arrays PREFIX0, PREFIX1, ... of an .npz, in that order.
std::vector<Tensor> numbered(const fs::path& file, const std::string& prefix) {
  std::vector<Tensor> out;
  if (!fs::exists(file)) return out;
  std::vector<data::NamedArray> arrays = data::load_npz(file.string());
  std::sort(arrays.begin(), arrays.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  for (const data::NamedArray& a : arrays)
    if (starts_with(a.name, prefix)) out.push_back(a.value);
  return out;
}

// As each input of the model wants it.
std::vector<Tensor> converted(const cornu_judge* judge, std::vector<Tensor> x) {
  cornu_judge_tensor info;
  for (std::size_t i = 0; i < x.size(); ++i)
    if (cornu_judge_input(judge, static_cast<int>(i), &info) == 0) x[i] = x[i].astype(dtype_from_name(info.dtype_name));
  return x;
}

// What the file's model makes of x, against y: "" when they agree within 1e-4 of the largest number.
std::string judge_case(const std::string& file, std::vector<Tensor> x, const std::vector<Tensor>& y) {
  cornu_judge* const judge = cornu_judge_open(file.c_str(), nullptr);
  if (judge == nullptr) return cornu_judge_error();
  x = converted(judge, std::move(x));
  std::vector<const void*> in;
  std::vector<Tensor> made;
  std::vector<void*> out;
  for (const Tensor& t : x) in.push_back(t.raw());
  for (const Tensor& t : y) made.emplace_back(t.shape(), float32);
  for (Tensor& t : made) out.push_back(t.mutable_raw());
  std::string wrong;
  if (static_cast<int>(x.size()) != cornu_judge_input_count(judge)) wrong = "another number of inputs";
  if (static_cast<int>(y.size()) != cornu_judge_output_count(judge)) wrong = "another number of outputs";
  if (wrong.empty() && cornu_judge_run(judge, x[0].dim(0), in.data(), out.data()) != 0) wrong = cornu_judge_error();
  for (std::size_t i = 0; wrong.empty() && i < y.size(); ++i) {
    double largest = 1e-12, worst = 0;
    for (std::int64_t j = 0; j < y[i].size(); ++j) {
      largest = std::max(largest, std::fabs(y[i].at(j)));
      worst = std::max(worst, std::fabs(y[i].at(j) - made[i].at(j)));
    }
    if (!(worst <= 1e-4 * largest)) wrong = cat("output ", i, " is away by ", worst, " of ", largest);
  }
  cornu_judge_close(judge);
  return wrong;
}

TEST(JudgeLibrary, JudgesFilesOfEveryGeneration) {
  int right = 0;
  for (const auto& entry : fs::directory_iterator(CORNU_TEST_DATA "/generations")) {
    const std::string name = entry.path().filename().string();
    std::vector<Tensor> y = numbered(entry.path() / "y_as_loaded.npz", "y");
    if (y.empty()) y = numbered(entry.path() / "y.npz", "y");
    const std::vector<Tensor> x = numbered(entry.path() / "x.npz", "x");
    for (const char* model : {"model.h5", "model.keras"}) {
      const fs::path file = entry.path() / model;
      if (!fs::exists(file)) continue;
      const std::string wrong = judge_case(file.string(), x, y);
      if (ends_with(name, "-bidi"))  // recurrent layers, which Cornu does not have
        EXPECT_NE(wrong.find("GRU"), std::string::npos) << file << ": " << wrong;
      else
        EXPECT_EQ(wrong, "") << file;
      right += wrong.empty();
    }
  }
  EXPECT_GT(right, 20);
}

TEST(JudgeLibrary, OpensMemory) {
  std::ifstream file(CORNU_TEST_DATA "/generations/keras-3.13.2-nested/model.keras", std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), {});
  cornu_judge* const judge = cornu_judge_open_memory(bytes.data(), bytes.size(), nullptr);
  ASSERT_NE(judge, nullptr) << cornu_judge_error();
  cornu_judge_close(judge);
  EXPECT_EQ(cornu_judge_open_memory(bytes.data(), bytes.size() / 2, nullptr), nullptr);
  EXPECT_NE(std::string(cornu_judge_error()).find("cut off or damaged"), std::string::npos) << cornu_judge_error();
}

TEST(JudgeLibrary, SaysWhyNot) {
  EXPECT_EQ(cornu_judge_open("none.keras", nullptr), nullptr);
  EXPECT_NE(std::string(cornu_judge_error()).find("way out: check the path"), std::string::npos);
}

}  // namespace
}  // namespace cornu
