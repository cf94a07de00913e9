// What the tests of this folder share: the files of all generations, bytes and errors.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "cornu/core/error.h"
#include "cornu/core/test_folder.h"
#include "cornu/saving/model_file.h"

namespace cornu::saving {

// "keras-2.0.4-mlp_adam/model.h5" as a path.
inline std::string generation(const std::string& name) { return std::string(CORNU_TEST_DATA) + "/generations/" + name; }

inline std::string read_bytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline void write_bytes(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

// The message of the FileError that reading throws; "" when it throws none.
inline std::string reading_error(const std::string& path) {
  try {
    (void)read_model_file(path);
  } catch (const FileError& error) {
    return error.what();
  }
  return "";
}

inline const Tensor* find_slot(const ModelFile& file, const std::string& name) {
  for (const NamedTensor& slot : file.optimizer)
    if (slot.name == name) return &slot.value;
  return nullptr;
}

inline void expect_same_weights(const ModelFile& a, const ModelFile& b) {
  ASSERT_EQ(a.weights.size(), b.weights.size());
  for (std::size_t i = 0; i < a.weights.size(); ++i) {
    EXPECT_EQ(a.weights[i].layer, b.weights[i].layer);
    ASSERT_EQ(a.weights[i].weights.size(), b.weights[i].weights.size()) << a.weights[i].layer;
    for (std::size_t k = 0; k < a.weights[i].weights.size(); ++k)
      EXPECT_EQ(a.weights[i].weights[k].value, b.weights[i].weights[k].value) << a.weights[i].weights[k].name;
  }
  ASSERT_EQ(a.optimizer.size(), b.optimizer.size());
  for (std::size_t i = 0; i < a.optimizer.size(); ++i) EXPECT_EQ(a.optimizer[i].value, b.optimizer[i].value);
}

}  // namespace cornu::saving
