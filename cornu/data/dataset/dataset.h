// Dataset: a known number of samples, each of which can be asked for; and the builder steps that wrap one.
//   Dataset train = Dataset(sensors::idx(images, labels)) | reshape({784}) | scale({.divide = 255}) | one_hot(10);
//   auto [fit, check] = split(shuffle(train, {.seed = 1}), 0.9);
//   Arrays arrays = std::move(fit).arrays();      // contiguous x and y, for a trainer
// A new kind of dataset is a class with size() and at(); wrapped in a Dataset it is as good as ours.
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>

#include "cornu/data/arrays.h"
#include "cornu/data/sensors/sensor.h"

namespace cornu::data {

// What a kind of dataset implements.
class DatasetBase {
 public:
  virtual ~DatasetBase() = default;
  virtual std::int64_t size() const = 0;
  // Sample i, 0 <= i < size(); the handle has checked that.
  virtual Sample at(std::int64_t i) const = 0;
  // All samples as contiguous arrays. Override where that is faster than one by one.
  virtual Arrays arrays() const;
  // The same for a dataset that nobody else holds any more: may give away its memory, so that steps work in place.
  virtual Arrays release() { return arrays(); }
};

// A cheap handle with value semantics: datasets do not change, so copies may share.
class Dataset {
 public:
  // In memory. Throws ValueError when x and y do not fit together.
  Dataset(Arrays arrays);
  // Reads the sensor to its end.
  explicit Dataset(Sensor sensor) : Dataset(sensor.read_all()) {}
  template <std::derived_from<DatasetBase> Kind>
  Dataset(Kind kind) : base_(std::make_shared<Kind>(std::move(kind))) {}

  std::int64_t size() const { return base_->size(); }
  // Throws ValueError when there is no sample i.
  Sample at(std::int64_t i) const;
  // Everything as contiguous arrays. On an rvalue that is the only handle, memory is reused instead of copied.
  Arrays arrays() const& { return base_->arrays(); }
  Arrays arrays() &&;

 private:
  std::shared_ptr<DatasetBase> base_;
};

}  // namespace cornu::data
