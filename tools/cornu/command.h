// What the files of the command line share: each subcommand is one file with one add_ function.
#pragma once

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <functional>
#include <string>
#include <vector>

#include "cornu/core/error.h"

namespace cornu::tool {

// What a subcommand will do. Parsing and doing are apart, so that an error of one (exit status 2) can never be taken
// for an error of the other (1).
using Action = std::function<void()>;

// Words on the command line that cannot be meant: exit status 2, as for what the parser itself finds.
class UsageError : public Error {
 public:
  using Error::Error;
};

void add_fit(CLI::App& app, Action& action);
void add_evaluate(CLI::App& app, Action& action);
void add_predict(CLI::App& app, Action& action);
void add_summary(CLI::App& app, Action& action);
void add_inspect(CLI::App& app, Action& action);
void add_convert(CLI::App& app, Action& action);
void add_verify(CLI::App& app, Action& action);
void add_diff(CLI::App& app, Action& action);
void add_scan(CLI::App& app, Action& action);
void add_repair(CLI::App& app, Action& action);
void add_run(CLI::App& app, Action& action);
void add_bench(CLI::App& app, Action& action);
void add_devices(CLI::App& app, Action& action);
void add_export(CLI::App& app, Action& action);
// Commands of the contract that this version does not have yet: `serve`.
void add_later(CLI::App& app, Action& action);

}  // namespace cornu::tool
