// The one place that knows MPI (-DCORNU_MPI=ON): mpirun's processes as ranks.
#pragma once

#include <memory>

#include "cornu/engine/communicator.h"
#include "cornu/engine/process_group.h"

namespace cornu::distribution {

// Joins the processes of the job; MPI is left when this process ends. Once a process. Throws EngineError when MPI
// cannot be used from more than one thread.
std::shared_ptr<Communicator> join_mpi();
// The same processes, for engines whose devices find each other; after join_mpi(), in all of them.
std::shared_ptr<ProcessGroup> mpi_group();

}  // namespace cornu::distribution
