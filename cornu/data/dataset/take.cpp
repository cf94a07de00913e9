#include "cornu/data/dataset/take.h"

#include <algorithm>

#include "cornu/core/error.h"

namespace cornu::data {
namespace {

class Stretch final : public DatasetBase {
 public:
  Stretch(Dataset source, std::int64_t begin, std::int64_t end)
      : source_(std::move(source)), begin_(begin), end_(end) {}
  std::int64_t size() const override { return end_ - begin_; }
  Sample at(std::int64_t i) const override { return source_.at(begin_ + i); }
  Arrays arrays() const override { return cut(source_.arrays()); }
  Arrays release() override { return cut(std::move(source_).arrays()); }

 private:
  // Everything is no cut: then the memory stays writable.
  Arrays cut(Arrays all) const { return size() == all.size() ? all : all.rows(begin_, end_); }

  Dataset source_;
  std::int64_t begin_;
  std::int64_t end_;
};

}  // namespace

Dataset take(Dataset dataset, std::int64_t begin, std::int64_t end) {
  if (begin < 0 || end < begin || end > dataset.size())
    throw ValueError(
        cat("[take] received: samples ", begin, " to ", end, "\n  expected: a stretch of 0 to ", dataset.size()));
  return Stretch(std::move(dataset), begin, end);
}

Dataset take(Dataset dataset, std::int64_t n) {
  const std::int64_t end = std::min(n, dataset.size());
  return take(std::move(dataset), 0, end);
}

}  // namespace cornu::data
