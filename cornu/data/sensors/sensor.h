// Sensor: where samples come from, one after the other. The start of a training segment and of a judgment segment.
//   data::Sensor sensor = data::sensors::csv("-", {.target = 4});       // standard input
//   while (auto sample = sensor.next()) sink.write(...);
// A new kind of sensor is a class with next(); wrapped in a Sensor it is as good as ours:
//   struct Clock final : data::SensorBase { std::optional<data::Sample> next() override; };
//   data::Sensor sensor = Clock();
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>

#include "cornu/data/arrays.h"

namespace cornu::data {

// What a kind of sensor implements.
class SensorBase {
 public:
  virtual ~SensorBase() = default;
  // The next sample, waiting for it if need be; nothing when there will be no more. Throws when the source fails.
  virtual std::optional<Sample> next() = 0;
  // How many samples are still to come; nothing when that is not known (a camera, a pipe).
  virtual std::optional<std::int64_t> remaining() const { return std::nullopt; }
  // All samples still to come as arrays. A sensor whose data lie in memory hands them over instead of copying.
  virtual Arrays read_all();
};

// A cheap handle; copies share one stream, as copies of a file handle do. Not safe to read from several threads.
class Sensor {
 public:
  template <std::derived_from<SensorBase> Kind>
  Sensor(Kind kind) : base_(std::make_shared<Kind>(std::move(kind))) {}
  explicit Sensor(std::shared_ptr<SensorBase> base) : base_(std::move(base)) {}

  std::optional<Sample> next() { return base_->next(); }
  std::optional<std::int64_t> remaining() const { return base_->remaining(); }
  // Does not return before the source ends: for an endless one, use read(n).
  Arrays read_all() { return base_->read_all(); }
  // Up to n samples; fewer only at the end.
  Arrays read(std::int64_t n);

 private:
  std::shared_ptr<SensorBase> base_;
};

}  // namespace cornu::data
