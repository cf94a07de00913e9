#include "tools/cornu/training.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "cornu/callbacks/registry.h"
#include "cornu/distribution/distribution.h"
#include "cornu/engine/cpu/kernels/thread_pool.h"
#include "tools/cornu/arguments.h"
#include "tools/cornu/output.h"

namespace cornu::tool {
namespace {

// The processes of this machine, as Open MPI and MPICH count them.
int processes_here() {
  for (const char* name : {"OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS"})
    if (const char* value = std::getenv(name)) return std::max(1, std::atoi(value));
  return distribution::num_processes();
}

}  // namespace

void use_devices(std::int64_t devices) {
  // No machine has a million: that many is an error later, as it should be.
  const auto number = static_cast<int>(std::clamp<std::int64_t>(devices, -1, 1'000'000));
  distribution::set_distribution(distribution::DataParallel(number));
}

void add_compute(CLI::App& command, ComputeWords& words) {
  command
      .add_option("--engine", words.engine,
                  "what computes: cpu, reference, pjrt or pjrt:PLUGIN (else CORNU_ENGINE, else cpu)")
      ->type_name("NAME");
  command
      .add_option("--devices", words.devices,
                  "over how many devices of the engine each batch is spread, 0 for all (else one; under mpirun, all)")
      ->check(CLI::Range(0, 1024))
      ->type_name("N");
  command.add_option("--threads", words.threads, "how many threads compute (else CORNU_THREADS, else all cores)")
      ->check(CLI::Range(1, 1024));
}

void compute_as(const ComputeWords& words) {
  join_processes(words.threads);
  if (words.devices) use_devices(*words.devices);
  use_engine(words.engine);
}

void join_processes(int threads) {
  use_threads(threads);
  if (!distribution::launched()) return;
  distribution::initialize();
  distribution::set_distribution(distribution::DataParallel());
  if (std::getenv("CORNU_THREADS")) return;
  // mpirun may have bound each process to cores of its own already; else all of them see all cores.
  const int mine = cpu::default_threads();
  const bool bound = mine < sysconf(_SC_NPROCESSORS_ONLN);
  use_threads(bound ? mine : std::max(1, mine / processes_here()));
}

bool is_first_process() { return distribution::process_id() == 0; }

std::vector<Callback> callbacks_from(const Json& list, const std::string& where) {
  if (!list.is_array())
    throw ValueError(cat(where, ": callbacks\n  received: ", dump_json(list).substr(0, 80),
                         "\n  expected: a list of {\"class_name\": ..., \"config\": {...}}"));
  std::vector<Callback> out;
  for (const Json& item : list) out.push_back(callbacks::get(item));
  return out;
}

void train(const Model& model, DataArrays data, std::optional<DataArrays> validation, FitArguments arguments,
           const std::string& history) {
  if (arguments.verbose.value > 0) arguments.callbacks.insert(arguments.callbacks.begin(), progress());
  const History result = model.trainer().fit(std::move(data), std::move(validation), arguments);
  if (!history.empty() && is_first_process()) write_text(history, dump_json(result.to_json()) + "\n");
}

}  // namespace cornu::tool
