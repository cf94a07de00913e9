#include "cornu/data/sensors/sensor.h"

#include <algorithm>

namespace cornu::data {

Arrays SensorBase::read_all() {
  ArraysBuilder builder(remaining().value_or(0));
  while (const std::optional<Sample> sample = next()) builder.add(*sample);
  return builder.finish();
}

Arrays Sensor::read(std::int64_t n) {
  // Without a known end, n may be a mere "many": then memory grows with what really comes.
  ArraysBuilder builder(std::min(n, remaining().value_or(0)));
  while (builder.size() < n) {
    const std::optional<Sample> sample = next();
    if (!sample) break;
    builder.add(*sample);
  }
  return builder.finish();
}

}  // namespace cornu::data
