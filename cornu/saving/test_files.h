// What the tests of this folder share: the files of all generations, and folders that go away.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "cornu/core/error.h"
#include "cornu/saving/model_file.h"

namespace cornu::saving {

// "keras-2.0.4-mlp_adam/model.h5" as a path.
inline std::string generation(const std::string& name) { return std::string(CORNU_TEST_DATA) + "/generations/" + name; }

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "cornu-saving-XXXXXX").string();
    if (::mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::permissions(path_, std::filesystem::perms::owner_all, ignored);
    std::filesystem::remove_all(path_, ignored);
  }
  std::string file(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }
  std::size_t count() const {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(path_), std::filesystem::directory_iterator{}));
  }

 private:
  std::string path_;
};

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
