#include "cornu/data/sinks/sink.h"

#include "cornu/core/error.h"

namespace cornu::data {

void Sink::write_batch(const Tensor& scores, const std::optional<Tensor>& targets, std::int64_t first_index) {
  if (scores.rank() == 0 || (targets && (targets->rank() == 0 || targets->dim(0) != scores.dim(0))))
    throw ValueError(cat("[Sink] received: scores of shape ", scores.shape(),
                         targets ? cat(", targets of shape ", targets->shape()) : "",
                         "\n  expected: a first axis of samples, the same for both"));
  const auto row = [](const Tensor& t, std::int64_t i) {
    return t.rows(i, i + 1).reshape(t.shape().slice(1, t.rank()));
  };
  for (std::int64_t i = 0; i < scores.dim(0); ++i)
    write({first_index + i, row(scores, i), targets ? std::optional<Tensor>(row(*targets, i)) : std::nullopt});
}

}  // namespace cornu::data
