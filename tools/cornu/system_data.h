// The sensors and dataset steps of a system file.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cornu/data/dataset/shuffle.h"
#include "cornu/data/dataset/step.h"
#include "tools/cornu/system_file.h"

namespace cornu::tool {

// kind = "idx" | "npy" | "csv". Throws ValueError, and what the sensor throws.
data::Sensor make_sensor(const SystemPart& part);

// One entry of `steps`: something done to each sample, or (exactly one of the three) to the set.
struct SystemStep {
  std::string where;  // for messages
  std::optional<data::Step> each;
  std::optional<data::ShuffleOptions> shuffle;
  std::optional<double> split;
};
// The steps of a [...dataset] table; none when the segment has no such table.
std::vector<SystemStep> make_steps(const SystemPart& segment);

}  // namespace cornu::tool
