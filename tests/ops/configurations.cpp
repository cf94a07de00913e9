#include "tests/ops/report.h"

namespace cornu::op_cases {

const std::vector<Configuration>& configurations() {
  static const std::vector<Configuration> all = [] {
    std::vector<Configuration> list;
    list.push_back({"as it is", {}});
    list.push_back({"every pass off", {.disabled_passes = {"all"}}});
    list.push_back({"one thread", {.threads = 1}});
    list.push_back({"two threads", {.threads = 2}});
    return list;
  }();
  return all;
}

}  // namespace cornu::op_cases
