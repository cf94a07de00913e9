// Ranks that are threads of one process: for tests, which then need no launcher, and for who wants to try a program
// before it meets a cluster.
#pragma once

#include <memory>
#include <vector>

#include "cornu/engine/communicator.h"

namespace cornu::distribution {

// One communicator for each of `size` threads. Sums are taken in the order of the ranks. Throws ValueError for a size
// below 1.
std::vector<std::shared_ptr<Communicator>> in_process(int size);

}  // namespace cornu::distribution
