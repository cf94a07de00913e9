// cornu: the command line. Reads the words, does what they ask, and turns every outcome into an exit status:
// 0 done, 1 a named error, 2 wrong usage.
#include <chrono>
#include <cstdio>
#include <exception>
#include <new>
#include <thread>

#include "cornu/distribution/distribution.h"
#include "tools/cornu/command.h"
#include "tools/cornu/output.h"

namespace cornu::tool {
namespace {

enum Status : int { kDone = 0, kError = 1, kUsage = 2 };

// "cornu: error: first line", the others indented below it. Of several processes that train together, none can go on
// without this one: all of them end. What all of them have to say, the first says.
int report(const std::string& message, Status status) {
  std::string out = "cornu: error: ";
  const int processes = distribution::num_processes(), id = distribution::process_id();
  if (id > 0) {
    std::this_thread::sleep_for(std::chrono::seconds(1));
    out += cat("process ", id, " of ", processes, ": ");
  }
  bool line_start = false;
  for (const char c : message) {
    if (line_start && c != ' ' && c != '\n') out += "  ";
    out += c;
    line_start = c == '\n';
  }
  while (out.back() == '\n') out.pop_back();
  std::fputs((out + "\n").c_str(), stderr);
  if (processes > 1) distribution::DataParallel().communicator()->abort(status);
  return status;
}

std::string chosen(const CLI::App& app) {
  const auto subcommands = app.get_subcommands();
  return subcommands.empty() ? "cornu" : "cornu " + subcommands.front()->get_name();
}

int run(int argc, char** argv) {
  CLI::App app("Keras in C++: trains, judges and converts model files.", "cornu");
  app.require_subcommand(1);
  app.set_version_flag("--version", "cornu " CORNU_VERSION);
  app.footer("Exit status: 0 done, 1 a named error, 2 wrong usage. `cornu COMMAND --help` says more about each.");
  Action action;
  for (const auto add : {add_fit, add_evaluate, add_predict, add_summary, add_inspect, add_convert, add_verify,
                         add_diff, add_scan, add_repair, add_run, add_bench, add_devices, add_export, add_later})
    add(app, action);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {  // --help, --version
      app.exit(error);
      close_stdout();
      return kDone;
    }
    return report(cat(error.what(), "\n  usage: ", chosen(app), " --help"), kUsage);
  }
  try {
    action();
    close_stdout();
    return kDone;
  } catch (const UsageError& error) {
    return report(cat(error.what(), "\n  usage: ", chosen(app), " --help"), kUsage);
  }
}

}  // namespace
}  // namespace cornu::tool

int main(int argc, char** argv) {
  using cornu::tool::kError;
  using cornu::tool::report;
  try {
    return cornu::tool::run(argc, argv);
  } catch (const std::bad_alloc&) {
    return report("out of memory\n  way out: a smaller --batch-size, or less data at once", kError);
  } catch (const std::exception& error) {
    return report(error.what(), kError);
  } catch (...) {
    return report("an error of a kind that nobody expected", kError);
  }
}
