// Which ops a judge's graph may hold, whatever it is exported to.
#pragma once

#include <string>

#include "cornu/ir/graph.h"

namespace cornu::exporting {

// Why the node does not belong into a judge; "": it does.
std::string not_for_a_judge(const ir::Node& node);

}  // namespace cornu::exporting
