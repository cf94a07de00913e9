// Commands that the contract names and this version does not have: they are known, listed, and say so.
#include "tools/cornu/command.h"

namespace cornu::tool {
namespace {

void add(CLI::App& app, Action& action, const std::string& name, const std::string& what, const std::string& way_out) {
  CLI::App* command = app.add_subcommand(name, cat(what, " (not in this build)"));
  // Whatever stands behind the word is not judged: the answer is the same.
  command->allow_extras();
  command->callback([&action, name, what, way_out] {
    action = [name, what, way_out] {
      throw NotSupportedError(cat("this build has no `cornu ", name, "`: ", what, "\n  way out: ", way_out));
    };
  });
}

}  // namespace

void add_later(CLI::App& app, Action& action) {
  add(app, action, "serve", "judges over HTTP", "`cornu run SYSTEM.toml judgment` judges from a sensor into a sink");
}

}  // namespace cornu::tool
