// The orthogonal initializer: the Q of a random matrix's QR decomposition, signs chosen so that R's diagonal is
// positive (which makes Q uniformly distributed over all orthogonal matrices).
#include <algorithm>
#include <cmath>
#include <vector>

#include "cornu/core/error.h"
#include "cornu/core/random.h"
#include "cornu/initializers/initializers.h"

namespace cornu::initializers {
namespace {

using Vectors = std::vector<std::vector<double>>;

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

// Gram-Schmidt. Done twice: once is not orthogonal to rounding when the vectors are nearly dependent, twice is
// ("twice is enough", Kahan and Parlett). R's diagonal are the norms, so it is positive without further work.
void orthonormalize(Vectors& vectors) {
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    for (int pass = 0; pass < 2; ++pass) {
      for (std::size_t j = 0; j < i; ++j) {
        const double along = dot(vectors[i], vectors[j]);
        for (std::size_t k = 0; k < vectors[i].size(); ++k) vectors[i][k] -= along * vectors[j][k];
      }
    }
    const double norm = std::sqrt(dot(vectors[i], vectors[i]));
    for (double& x : vectors[i]) x /= norm;
  }
}

struct OrthogonalImpl final : WithOptions<InitializerImpl, OrthogonalOptions> {
  OrthogonalImpl(std::string name, OrthogonalOptions o)
      : WithOptions(std::move(name), o), seed(o.seed ? static_cast<std::uint64_t>(*o.seed) : next_global_seed()) {}

  void check(const Shape& shape) const override {
    if (shape.rank() < 2)
      throw ValueError(cat("[Orthogonal] received: shape ", shape,
                           "\n  expected: rank 2 or more\n  for vectors use another initializer"));
  }
  Tensor make(const Shape& shape, DType dtype) const override {
    check(shape);
    const std::int64_t columns = shape.back();
    const std::int64_t rows = columns == 0 ? 0 : shape.size() / columns;
    RandomStream random(seed);
    Vectors vectors(static_cast<std::size_t>(std::min(rows, columns)),
                    std::vector<double>(static_cast<std::size_t>(std::max(rows, columns))));
    for (auto& v : vectors)
      for (double& x : v) x = random.normal();
    orthonormalize(vectors);
    Tensor out = Tensor::empty(shape, float32);
    float* data = out.mutable_data<float>();
    for (std::int64_t r = 0; r < rows; ++r)
      for (std::int64_t c = 0; c < columns; ++c) {
        const auto [vector, element] = rows < columns ? std::pair(r, c) : std::pair(c, r);
        data[r * columns + c] = static_cast<float>(
            options().gain * vectors[static_cast<std::size_t>(vector)][static_cast<std::size_t>(element)]);
      }
    return out.astype(dtype);
  }

  std::uint64_t seed;
};

}  // namespace

Initializer Orthogonal(OrthogonalOptions options) {
  return Initializer(std::make_shared<OrthogonalImpl>("Orthogonal", options));
}

}  // namespace cornu::initializers
