// The engine on PJRT plug-ins: the graph is printed as StableHLO, and a plug-in compiles it for its device (XLA's own
// for CPUs, NVIDIA's, AMD's, Intel's, Google's).
#pragma once

#include <string_view>
#include <vector>

#include "cornu/engine/engine.h"

namespace cornu {

// With the plug-in at `plugin`; "": see pjrt::Plugin::get(). Throws EngineError when it cannot be used.
const Engine& pjrt_engine(std::string_view plugin = "");
// devices() of engine.h.
std::vector<DeviceInfo> pjrt_devices();

}  // namespace cornu
