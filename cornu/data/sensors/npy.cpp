#include "cornu/data/sensors/npy.h"

#include "cornu/data/load_array.h"
#include "cornu/data/sensors/arrays.h"

namespace cornu::data::sensors {

Sensor npy(const std::string& x, const std::string& y) {
  return arrays({load_array(x), y.empty() ? Tensor() : load_array(y)});
}

}  // namespace cornu::data::sensors
