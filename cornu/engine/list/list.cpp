// The engines of this build, best first. An engine is added with one line here and its folder in cornu/CMakeLists.txt.
#include <cstdlib>

#include "cornu/core/error.h"
#include "cornu/engine/cpu/cpu_engine.h"
#include "cornu/engine/engine.h"
#ifdef CORNU_PJRT
#include "cornu/engine/pjrt/pjrt_engine.h"
#endif
#include "cornu/engine/reference/reference.h"

namespace cornu {
namespace {

// What follows a colon in the name of an engine goes to the engine: "pjrt:/path/of/a/plug-in.so".
struct Row {
  std::string_view name;
  const Engine& (*get)(std::string_view argument);
  bool takes_argument = false;
};

constexpr Row kEngines[] = {
    {"cpu", [](std::string_view) -> const Engine& { return cpu_engine(); }},
#ifndef CORNU_JUDGE_ONLY  // the oracle of tests
    {"reference", [](std::string_view) -> const Engine& { return reference_engine(); }},
#endif
#ifdef CORNU_PJRT
    {"pjrt", pjrt_engine, true},
#endif
};

[[noreturn]] void unknown(std::string_view name, bool from_environment) {
#ifndef CORNU_PJRT
  if (name.substr(0, name.find(':')) == "pjrt")
    throw EngineError(cat("[engine] received: \"", name,
                          "\"\n  this build has no engine on PJRT plug-ins\n  configure it with -DCORNU_PJRT=ON"));
#endif
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
  if (name.empty()) return kEngines[0].get("");
  const std::size_t colon = name.find(':');
  const std::string_view bare = name.substr(0, colon);
  for (const Row& row : kEngines)
    if (row.name == bare && (colon == std::string_view::npos || row.takes_argument))
      return row.get(colon == std::string_view::npos ? "" : name.substr(colon + 1));
  unknown(name, from_environment);
}

std::vector<std::string> engine_names() {
  std::vector<std::string> names;
  for (const Row& row : kEngines) names.emplace_back(row.name);
  return names;
}

std::vector<DeviceInfo> devices() {
#ifdef CORNU_PJRT
  return pjrt_devices();
#else
  return {};
#endif
}

}  // namespace cornu
