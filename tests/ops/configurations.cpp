#include <set>

#include "cornu/passes/pass.h"
#include "tests/ops/report.h"

namespace cornu::op_cases {

const std::vector<Configuration>& configurations() {
  static const std::vector<Configuration> all = [] {
    std::vector<Configuration> list;
    list.push_back({"as it is", {}});
    list.push_back({"every pass off", {.disabled_passes = {"all"}}});
    list.push_back({"one thread", {.threads = 1}});
    list.push_back({"two threads", {.threads = 2}});
    std::set<std::string> names;  // a pass may stand in the pipeline twice
    for (const passes::Pass& pass : passes::pipeline()) names.emplace(pass.name);
    for (const std::string& name : names) list.push_back({"without " + name, {.disabled_passes = {name}}});
    return list;
  }();
  return all;
}

std::vector<Configuration> configurations(std::string_view engine) {
  return engine == "pjrt" ? std::vector<Configuration>{configurations().front()} : configurations();
}

}  // namespace cornu::op_cases
