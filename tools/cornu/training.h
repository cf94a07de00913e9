// What `fit` and the training segment of `run` share.
#pragma once

#include <optional>
#include <string>

#include "cornu/trainers/model.h"
#include "cornu/trainers/trainer.h"
#include "tools/cornu/command.h"

namespace cornu::tool {

// Under mpirun, joins the processes that it started: they train one model together, and only the first writes. They
// also share the cores of their machine, as long as neither --threads nor CORNU_THREADS says otherwise.
void join_processes(int threads);
// Spreads each batch over so many devices of the engine, 0: all; in every process.
void use_devices(std::int64_t devices);

// What computes: the same options of every subcommand that trains or evaluates.
struct ComputeWords {
  std::string engine;
  std::optional<int> devices;
  int threads = 0;
};
void add_compute(CLI::App& command, ComputeWords& words);
// Joins other processes, and chooses for all that is computed from now on. Throws EngineError, ValueError.
void compute_as(const ComputeWords& words);

// Whether this process writes results: the only one, or the first of several.
bool is_first_process();

// Keras callback objects, in a list. Throws ValueError naming `where`.
std::vector<Callback> callbacks_from(const Json& list, const std::string& where);

// Trains with progress on standard error; then the history, when `history` names a file.
void train(const Model& model, DataArrays data, std::optional<DataArrays> validation, FitArguments arguments,
           const std::string& history);

}  // namespace cornu::tool
