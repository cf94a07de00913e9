#include "cornu/data/sensors/idx.h"

#include "cornu/data/idx.h"
#include "cornu/data/sensors/arrays.h"

namespace cornu::data::sensors {

Sensor idx(const std::string& images, const std::string& labels) {
  return arrays({load_idx(images), labels.empty() ? Tensor() : load_idx(labels)});
}

}  // namespace cornu::data::sensors
