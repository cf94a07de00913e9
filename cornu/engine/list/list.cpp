// The engines of this build, best first. An engine is added with one line here and its folder in cornu/CMakeLists.txt.
#include <cstdlib>

#include "cornu/core/error.h"
#include "cornu/engine/cpu/cpu_engine.h"
#include "cornu/engine/engine.h"
#include "cornu/engine/reference/reference.h"

namespace cornu {
namespace {

struct Row {
  std::string_view name;
  const Engine& (*get)();
};

constexpr Row kEngines[] = {
    {"cpu", cpu_engine},
#ifndef CORNU_JUDGE_ONLY  // the oracle of tests
    {"reference", reference_engine},
#endif
};

[[noreturn]] void unknown(std::string_view name, bool from_environment) {
  const std::vector<std::string> known = engine_names();
  const std::string near = nearest(name, known);
  throw EngineError(cat("[engine] received: \"", name, '"',
                        from_environment ? " from the environment variable CORNU_ENGINE" : "",
                        "\n  expected: an engine of this build: ", join(known, ", "),
                        near.empty() ? "" : cat("\n  did you mean \"", near, "\"?")));
}

}  // namespace

const Engine& engine(std::string_view name) {
  const char* environment = std::getenv("CORNU_ENGINE");
  const bool from_environment = name.empty() && environment != nullptr && *environment != '\0';
  if (from_environment) name = environment;
  if (name.empty()) return kEngines[0].get();
  for (const Row& row : kEngines)
    if (row.name == name) return row.get();
  unknown(name, from_environment);
}

std::vector<std::string> engine_names() {
  std::vector<std::string> names;
  for (const Row& row : kEngines) names.emplace_back(row.name);
  return names;
}

}  // namespace cornu
