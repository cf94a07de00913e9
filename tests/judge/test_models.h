// Small models, and a folder for their files: for the tests of the judge.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "cornu/core/error.h"
#include "cornu/core/random.h"
#include "cornu/layers/convolutional/conv.h"
#include "cornu/layers/core/dense.h"
#include "cornu/layers/core/input_layer.h"
#include "cornu/layers/merging/concatenate.h"
#include "cornu/layers/normalization/batch_normalization.h"
#include "cornu/layers/pooling/global_pooling.h"
#include "cornu/layers/pooling/pooling.h"
#include "cornu/layers/reshaping/flatten.h"
#include "cornu/trainers/model.h"

namespace cornu::test {

inline Tensor numbers(const Shape& shape, std::uint64_t seed) {
  RandomStream random(seed);
  Tensor out = Tensor::empty(shape, float32);
  float* data = out.mutable_data<float>();
  for (std::int64_t i = 0; i < out.size(); ++i) data[i] = static_cast<float>(random.uniform()) * 2 - 1;
  return out;
}

// With a batch normalization, which is folded into the convolution.
inline Model convnet() {
  return Sequential({layers::Conv2D(4, {3, 3}, {.activation = "relu", .input_shape = {8, 8, 1}}),
                     layers::BatchNormalization(), layers::MaxPooling2D(), layers::Flatten(),
                     layers::Dense(3, {.activation = "softmax"})});
}

inline Model two_by_two() {
  const KerasTensor a = layers::Input({3}, {.name = "a"}), b = layers::Input({5}, {.name = "b"});
  const KerasTensor both = layers::Concatenate()({a, b});
  return Model({a, b}, {layers::Dense(2, {.name = "u"})(both), layers::Dense(1, {.name = "v"})(both)});
}

// The message of the E that `work` throws has these parts.
template <class E, class F>
void expect_error(const F& work, const std::vector<std::string>& parts) {
  try {
    work();
    ADD_FAILURE() << "nothing was thrown";
  } catch (const E& error) {
    for (const std::string& part : parts)
      EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << "no '" << part << "' in: " << error.what();
  }
}

class JudgeTest : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(folder_); }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  std::string contents(const std::string& name) const {
    std::ifstream file(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() /
      (std::string("cornu_judge_") + testing::UnitTest::GetInstance()->current_test_info()->name() + "_" +
       std::to_string(::getpid()));
};

}  // namespace cornu::test
