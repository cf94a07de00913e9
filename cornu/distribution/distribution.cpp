#include "cornu/distribution/distribution.h"

#include <cstdlib>

#include "cornu/core/error.h"
#ifdef CORNU_MPI
#include "cornu/distribution/mpi/mpi.h"
#endif

namespace cornu::distribution {
namespace {

// What initialize() has joined. It lives as long as the process: MPI ends when it does.
std::shared_ptr<Communicator>& joined() {
  static std::shared_ptr<Communicator> communicator;
  return communicator;
}

thread_local std::optional<DataParallel> current;

}  // namespace

// The variables by which launchers tell a process which of the others it is: Open MPI's, and those of PMI, which MPICH
// and its relatives use.
bool launched() {
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "PMIX_RANK"})
    if (const char* value = std::getenv(name); value && *value) return true;
  return false;
}

void initialize() {
  if (!launched() || joined()) return;
#ifdef CORNU_MPI
  joined() = join_mpi();
  set_process_group(mpi_group());
#else
  throw EngineError(
      "[distribution] this process was started by mpirun, but Cornu was built without MPI\n  expected: a build that "
      "can join the others\n  way out: install libopenmpi-dev and configure with -DCORNU_MPI=ON, or start it without "
      "mpirun");
#endif
}

int process_id() { return joined() ? joined()->rank() : 0; }
int num_processes() { return joined() ? joined()->size() : 1; }

DataParallel::DataParallel(int devices) : DataParallel(num_processes() > 1 ? joined() : nullptr, devices) {}

DataParallel::DataParallel(std::shared_ptr<Communicator> communicator, int devices)
    : communicator_(std::move(communicator)), devices_(devices) {
  if (devices < 0)
    throw ValueError(cat("[DataParallel] received: devices=", devices,
                         "\n  expected: how many devices of the engine share a batch, or 0 for all of them"));
}

void set_distribution(std::optional<DataParallel> distribution) { current = std::move(distribution); }
std::optional<DataParallel> distribution() { return current; }

std::shared_ptr<Communicator> communicator() {
  if (!current || !current->communicator() || current->communicator()->size() == 1) return nullptr;
  return current->communicator();
}

int devices() { return current ? current->devices() : 1; }

}  // namespace cornu::distribution
