// Golden samples in a model file, beside what Keras reads: inputs, and what the model answered when the file was saved.
// Whoever opens the file can see that it still answers so, on another machine and in another version.
// In a .keras: the members cornu/selftest.json and cornu/selftest.h5. In a .h5: an attribute and a group of the root.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cornu/core/tensor.h"
#include "cornu/saving/model_file.h"
#include "cornu/saving/shared_bytes.h"

namespace cornu::saving {

struct SelfTest {
  std::vector<Tensor> x, y;  // one an input, one an output, in the model's order; each (samples, ...)
  // How far an answer may be away: this, times the larger of 1 and what was recorded.
  double tolerance = 1e-4;
};

// Nothing when the file has none. Throw FileError when it is damaged. `shown` names the file in messages.
std::optional<SelfTest> read_self_test(const SharedBytes& bytes, const std::string& shown);
std::optional<SelfTest> read_self_test(const std::string& path);

// write_model_file with golden samples. Who trains on saves without them: they would be wrong.
void write_model_file(const ModelFile& file, const std::string& path, const SelfTest& self_test);

}  // namespace cornu::saving
