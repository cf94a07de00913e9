#include "cornu/data/dataset/dataset.h"

#include "cornu/core/error.h"

namespace cornu::data {
namespace {

class InMemory final : public DatasetBase {
 public:
  explicit InMemory(Arrays arrays) : arrays_(std::move(arrays)) {}
  std::int64_t size() const override { return arrays_.size(); }
  Sample at(std::int64_t i) const override { return arrays_.at(i); }
  Arrays arrays() const override { return arrays_; }
  Arrays release() override { return std::move(arrays_); }

 private:
  Arrays arrays_;
};

}  // namespace

Arrays DatasetBase::arrays() const {
  ArraysBuilder builder(size());
  for (std::int64_t i = 0; i < size(); ++i) builder.add(at(i));
  return builder.finish();
}

Dataset::Dataset(Arrays arrays) {
  check_arrays(arrays, "[Dataset]");
  base_ = std::make_shared<InMemory>(std::move(arrays));
}

Sample Dataset::at(std::int64_t i) const {
  if (i < 0 || i >= size())
    throw ValueError(cat("[Dataset] there is no sample ", i, "\n  expected: 0 to ", size() - 1));
  return base_->at(i);
}

Arrays Dataset::arrays() && {
  const std::shared_ptr<DatasetBase> base = std::move(base_);
  base_ = std::make_shared<InMemory>(Arrays{});
  return base.use_count() == 1 ? base->release() : base->arrays();
}

}  // namespace cornu::data
