#include "cornu/engine/process_group.h"

namespace cornu {
namespace {

std::shared_ptr<ProcessGroup>& current() {
  static std::shared_ptr<ProcessGroup> group;
  return group;
}

}  // namespace

void set_process_group(std::shared_ptr<ProcessGroup> group) { current() = std::move(group); }
const std::shared_ptr<ProcessGroup>& process_group() { return current(); }

}  // namespace cornu
