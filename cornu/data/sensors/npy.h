// Arrays that numpy saved (or any other array file), as a sensor.
//   data::Sensor sensor = data::sensors::npy("set.npz:x_train", "set.npz:y_train");
#pragma once

#include <string>

#include "cornu/data/sensors/sensor.h"

namespace cornu::data::sensors {

// x and y are specifications as load_array takes them; y may be "". Throws as load_array does, and ValueError when the
// counts differ.
Sensor npy(const std::string& x, const std::string& y = "");

}  // namespace cornu::data::sensors
