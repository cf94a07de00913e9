#include "cornu/data/sensors/arrays.h"

namespace cornu::data::sensors {
namespace {

class ArraysSensor final : public SensorBase {
 public:
  explicit ArraysSensor(Arrays arrays) : arrays_(std::move(arrays)) { check_arrays(arrays_, "[sensors::arrays]"); }

  std::optional<Sample> next() override {
    if (next_ >= arrays_.size()) return std::nullopt;
    return arrays_.at(next_++);
  }
  std::optional<std::int64_t> remaining() const override { return arrays_.size() - next_; }

  // Gives the memory away, so that the steps after it may work in place.
  Arrays read_all() override {
    Arrays out = std::move(arrays_);
    arrays_ = {};
    if (next_ > 0) out = out.rows(next_, out.size());
    next_ = 0;
    return out;
  }

 private:
  Arrays arrays_;
  std::int64_t next_ = 0;
};

}  // namespace

Sensor arrays(Arrays arrays) { return ArraysSensor(std::move(arrays)); }

}  // namespace cornu::data::sensors
