// keras.utils.set_random_seed.
#pragma once

#include <cstdint>

#include "cornu/core/random.h"

namespace cornu::utils {

// Makes everything random repeat: initial weights, dropout, shuffling.
inline void set_random_seed(std::uint64_t seed) { set_global_seed(seed); }

}  // namespace cornu::utils
