// keras.distribution, as far as data are shared: every process has the whole model and takes its part of each batch.
//
//   int main() {
//     distribution::initialize();
//     distribution::set_distribution(distribution::DataParallel());
//     ...
//     model.fit(x, y, {.batch_size = 256});  // mpirun -np 4: 64 rows each
//   }
//
// fit, train_on_batch and evaluate then work together: each process is given the same arguments and all the data, and
// all of them end with the same weights and logs. predict is everybody's own. On an engine with several devices, a
// process spreads its part of each batch over them, also in predict. docs/design/distribution.md
#pragma once

#include <memory>
#include <optional>

#include "cornu/engine/communicator.h"

namespace cornu::distribution {

// Whether mpirun (or another launcher of MPI) has started this process.
bool launched();

// Joins the processes that were started together with this one; what comes once, at the beginning of main(). Alone,
// there is nothing to join. Throws EngineError when this build has no MPI although it was started by it: each process
// would train a model of its own, and all would write the same files.
void initialize();

// Which of them this is, and how many there are: 0 and 1 before initialize().
int process_id();
int num_processes();

// The parallel training that set_distribution() takes.
class DataParallel {
 public:
  // Over all processes that initialize() has joined, and in each of them over so many devices of the engine; 0: all
  // that it has. The processor is one device. Throws ValueError for a negative number.
  explicit DataParallel(int devices = 0);
  // Over the ranks of this communicator.
  explicit DataParallel(std::shared_ptr<Communicator> communicator, int devices = 0);
  // Null when there is one process only.
  const std::shared_ptr<Communicator>& communicator() const { return communicator_; }
  int devices() const { return devices_; }

 private:
  std::shared_ptr<Communicator> communicator_;
  int devices_;
};

// How models train that this thread calls from now on (as in Keras, each thread has a distribution of its own).
void set_distribution(std::optional<DataParallel> distribution);
std::optional<DataParallel> distribution();

// Of this thread's distribution; null: this process is alone.
std::shared_ptr<Communicator> communicator();
// Over how many devices of the engine models train in this process; 0: all of them; 1 without a distribution.
int devices();

}  // namespace cornu::distribution
