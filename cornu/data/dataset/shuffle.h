// A dataset in random order, fixed by a seed.
#pragma once

#include <cstdint>
#include <optional>

#include "cornu/data/dataset/dataset.h"

namespace cornu::data {

struct ShuffleOptions {
  std::optional<std::uint64_t> seed = std::nullopt;  // not given: the next of set_global_seed's sequence
};

// The same seed gives the same order on every machine. As arrays the rows are moved in place when nobody else holds
// them. Shuffle before a step that makes data larger (bytes to float32): a quarter of the traffic. Throws ValueError
// for more than 2^32 samples.
Dataset shuffle(Dataset dataset, ShuffleOptions options = {});

}  // namespace cornu::data
