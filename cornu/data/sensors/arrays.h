// A sensor over arrays that are in memory: the base of all sensors that read a whole file, and of tests.
#pragma once

#include "cornu/data/sensors/sensor.h"

namespace cornu::data::sensors {

// Yields the rows of `arrays` in order. Throws ValueError when x and y do not fit together.
Sensor arrays(Arrays arrays);

}  // namespace cornu::data::sensors
