#include "cornu/judge/self_check.h"

#include <algorithm>
#include <cmath>

#include "cornu/core/error.h"
#include "cornu/judge/judge.h"

namespace cornu {
namespace {

// `tensors` hold rows of these types. Throws FileError.
void check_types(const std::vector<Tensor>& tensors, const std::vector<ir::Type>& types, const char* what,
                 const std::string& shown) {
  const auto fail = [&](const std::string& received, const std::string& expected) {
    throw FileError(cat("[judge] the self-test of '", shown, "' is not for its model\n  received: ", received,
                        "\n  expected: ", expected, "\n  way out: open it with .self_test = false, or save it again"));
  };
  if (tensors.size() != types.size()) fail(cat("samples of ", tensors.size(), " ", what), std::to_string(types.size()));
  for (std::size_t i = 0; i < types.size(); ++i) {
    const Tensor& t = tensors[i];
    const Shape& shape = types[i].shape;
    if (t.dtype() != types[i].dtype || t.shape().slice(1, t.rank()) != shape.slice(1, shape.rank()))
      fail(cat(name_of(t.dtype()), " ", t.shape(), " among the ", what),
           cat(name_of(types[i].dtype), " ", shape.slice(1, shape.rank()), " a sample"));
  }
}

bool is_near(double answer, double recorded, double tolerance) {
  if (std::isnan(recorded)) return std::isnan(answer);
  if (std::isinf(recorded)) return answer == recorded;
  return std::fabs(answer - recorded) <= tolerance * std::max(1.0, std::fabs(recorded));
}

}  // namespace

void check_self_test(const Prediction& one, const saving::SelfTest& self_test, const std::string& shown) {
  check_types(self_test.x, one.inputs(), "inputs", shown);
  check_types(self_test.y, one.outputs(), "outputs", shown);
  std::vector<const void*> x(self_test.x.size());
  std::vector<Tensor> answers;
  std::vector<void*> y;
  for (const ir::Type& type : one.outputs())
    y.push_back(answers.emplace_back(Tensor::empty(type.shape, type.dtype)).mutable_raw());
  for (std::int64_t s = 0; s < self_test.x[0].dim(0); ++s) {
    for (std::size_t i = 0; i < x.size(); ++i)
      x[i] = static_cast<const char*>(self_test.x[i].raw()) + static_cast<std::size_t>(s) * one.inputs()[i].bytes();
    one.run(x, y);
    for (std::size_t o = 0; o < answers.size(); ++o)
      for (std::int64_t e = 0; e < answers[o].size(); ++e) {
        const double answer = answers[o].at(e), recorded = self_test.y[o].at(s * answers[o].size() + e);
        if (!is_near(answer, recorded, self_test.tolerance))
          throw SelfTestError(
              cat("[judge] the self-test of '", shown, "' failed\n  received: ", answer, " as output ", o, ", sample ",
                  s, ", element ", e, "\n  expected: ", recorded, ", within ", self_test.tolerance,
                  ", as recorded when the file was saved\n  way out: compare with "
                  "CORNU_ENGINE=reference; the weights were changed, or this machine computes otherwise"));
      }
  }
}

}  // namespace cornu
