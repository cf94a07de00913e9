// prove_applications FOLDER: judges with what real Keras saved of one architecture (prove.py): model.keras, model.h5,
// weights in both forms, x.npy, and y.npy, which Keras predicted. Prints one line a way; fails when one differs by more
// than 1e-5 of the largest output.
#include <cmath>
#include <fstream>
#include <iostream>
#include <sstream>

#include "cornu/core/error.h"
#include "cornu/data/npy.h"
#include "tests/applications/builders.h"

namespace cornu::tests {
namespace {

constexpr double kTolerance = 1e-5;

double difference(const Tensor& actual, const Tensor& expected) {
  if (actual.shape() != expected.shape()) return INFINITY;
  double largest = 1e-12, worst = 0;
  for (std::int64_t i = 0; i < expected.size(); ++i) {
    largest = std::max(largest, std::fabs(expected.at(i)));
    worst = std::max(worst, std::fabs(actual.at(i) - expected.at(i)));
    if (std::isnan(actual.at(i))) return INFINITY;
  }
  return worst / largest;
}

// Whether the model that `open` gives predicts what Keras did.
bool judge(const std::string& way, const std::function<Model()>& open, const Tensor& x, const Tensor& y) {
  try {
    const double d = difference(open().predict(x, {.verbose = 0}), y);
    std::cout << "  " << way << ": " << d << (d <= kTolerance ? "" : "  WRONG") << std::endl;
    return d <= kTolerance;
  } catch (const Error& error) {
    std::cout << "  " << way << ": WRONG: " << error.what() << std::endl;
    return false;
  }
}

bool prove(const std::string& folder) {
  std::ifstream file(folder + "/meta.json");
  std::ostringstream text;
  text << file.rdbuf();
  const Json meta = parse_json(text.str(), folder + "/meta.json");
  const Tensor x = data::load_npy(folder + "/x.npy"), y = data::load_npy(folder + "/y.npy");
  const auto built = [&](const std::string& weights) {
    Model model = builders().at(meta.at("builder").get<std::string>())(meta.at("arguments"));
    model.load_weights(folder + weights);
    return model;
  };
  bool right = true;
  for (const char* whole : {"/model.keras", "/model.h5"})
    right &= judge(
        cat("load_model", whole), [&] { return load_model(folder + whole); }, x, y);
  for (const char* weights : {"/model.weights.h5", "/legacy.h5", "/model.keras"})
    right &= judge(
        cat("built, load_weights", weights), [&] { return built(weights); }, x, y);
  return right;
}

}  // namespace
}  // namespace cornu::tests

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: prove_applications FOLDER\n";
    return 2;
  }
  try {
    return cornu::tests::prove(argv[1]) ? 0 : 1;
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
