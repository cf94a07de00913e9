#include "cornu/data/dataset/step.h"

#include "cornu/core/error.h"

namespace cornu::data {
namespace {

class SteppedDataset final : public DatasetBase {
 public:
  SteppedDataset(Dataset source, Step step) : source_(std::move(source)), step_(std::move(step)) {}
  std::int64_t size() const override { return source_.size(); }
  Sample at(std::int64_t i) const override { return step_(source_.at(i)); }
  Arrays arrays() const override { return step_(source_.arrays()); }
  Arrays release() override { return step_(std::move(source_).arrays()); }

 private:
  Dataset source_;
  Step step_;
};

class SteppedSensor final : public SensorBase {
 public:
  SteppedSensor(Sensor source, Step step) : source_(std::move(source)), step_(std::move(step)) {}
  std::optional<Sample> next() override {
    const std::optional<Sample> sample = source_.next();
    return sample ? std::optional<Sample>(step_(*sample)) : std::nullopt;
  }
  std::optional<std::int64_t> remaining() const override { return source_.remaining(); }
  Arrays read_all() override { return step_(source_.read_all()); }

 private:
  Sensor source_;
  Step step_;
};

}  // namespace

Arrays Step::operator()(Arrays arrays) const {
  const std::int64_t before = arrays.size();
  Arrays out = function_(std::move(arrays));
  if (out.size() != before)
    throw ValueError(cat("[", name_, "] a step keeps the number of samples\n  received: ", out.size(),
                         " samples out of ", before,
                         "\n  to drop or repeat samples, wrap the dataset instead (take, split)"));
  return out;
}

Sample Step::operator()(const Sample& sample) const { return (*this)(as_row(sample)).at(0); }

Arrays operator|(Arrays arrays, const Step& step) { return step(std::move(arrays)); }
Dataset operator|(Dataset dataset, Step step) { return SteppedDataset(std::move(dataset), std::move(step)); }
Sensor operator|(Sensor sensor, Step step) { return SteppedSensor(std::move(sensor), std::move(step)); }

}  // namespace cornu::data
