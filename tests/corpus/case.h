// One case of a corpus: a folder with a model file, an input, and what real Keras made of both (meta.json, x.npz,
// y.npz, resume.npz: the layout of tests/data/generations/README.md).
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cornu/core/json.h"
#include "cornu/core/tensor.h"

namespace cornu::corpus {

struct Resume {
  std::vector<Tensor> x, t, weights;
  std::vector<double> loss;
  bool other_variance = false;  // trained on by a Keras that divides a batch's variance by n - 1 for its average
  std::int64_t batch_size = 0, epochs = 0;
  bool averages_begin_anew = false;
  double sensitivity = 0;  // how far a weight moves when every input is changed by one part in a million
};

struct Case {
  std::string name;
  std::vector<std::string> models;  // whole-model files
  std::vector<Tensor> x, y;
  std::optional<Resume> resume;
};

// Every case under the folder, in order. Throws FileError for a folder that is not there.
std::vector<Case> cases_in(const std::filesystem::path& folder);

// What became of one model file.
struct Outcome {
  enum Kind { kRight, kWrong, kNotSupported } kind;
  std::string detail;
};

// Opens the file, predicts, and where the case says how, trains on. Tolerances: 1e-4 of the largest output, 1e-3 of a
// loss. A file that Cornu refuses with a named error is kNotSupported; anything else that differs is kWrong.
Outcome try_model(const Case& c, const std::string& model_file);

}  // namespace cornu::corpus
