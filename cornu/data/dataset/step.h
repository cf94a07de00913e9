// Step: one thing that happens to every sample alike: reshape, scale, ... The same step serves whole arrays (fast, for
// a trainer), a dataset (when a sample is asked for) and a sensor (as samples come), so that what a model learned from
// and what it judges are prepared by the same code.
//   Arrays prepared = raw | reshape({784}) | scale({.divide = 255});
#pragma once

#include <functional>
#include <string>

#include "cornu/data/arrays.h"
#include "cornu/data/dataset/dataset.h"
#include "cornu/data/sensors/sensor.h"

namespace cornu::data {

class Step {
 public:
  using Function = std::function<Arrays(Arrays)>;
  // `function` treats each row on its own and keeps their number and order; `name` stands in messages.
  Step(std::string name, Function function) : name_(std::move(name)), function_(std::move(function)) {}

  const std::string& name() const { return name_; }
  // Throws what the step throws, and ValueError when it changed the number of rows.
  Arrays operator()(Arrays arrays) const;
  Sample operator()(const Sample& sample) const;

 private:
  std::string name_;
  Function function_;
};

// Done at once; memory is reused when `arrays` is an rvalue that holds the only handle.
Arrays operator|(Arrays arrays, const Step& step);
// Done when a sample, or all of them, are asked for.
Dataset operator|(Dataset dataset, Step step);
// Done as samples come.
Sensor operator|(Sensor sensor, Step step);

}  // namespace cornu::data
