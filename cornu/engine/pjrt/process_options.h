// How the devices of several processes become those of one client: what PJRT_Client_Create is told of the others.
#pragma once

#include <vector>

#include "cornu/engine/pjrt/api.h"
#include "cornu/engine/process_group.h"

namespace cornu::pjrt {

// Adds which of the processes this is to `options`, and the store by which they find each other to `args`. With several
// processes on a machine each takes one device, the one of its number, unless CUDA_VISIBLE_DEVICES (or AMD's
// ROCR_VISIBLE_DEVICES, HIP_VISIBLE_DEVICES) has already given it others. `group` lives as long as the client,
// the object as long as the call.
class ProcessOptions {
 public:
  explicit ProcessOptions(ProcessGroup& group) : group_(group), local_device_(group.local_rank()) {}
  void add(std::vector<PJRT_NamedValue>& options, PJRT_Client_Create_Args& args);

 private:
  ProcessGroup& group_;
  std::int64_t local_device_;
};

// An option of that name, still without a value.
PJRT_NamedValue named_value(const char* name, PJRT_NamedValue_Type type);

}  // namespace cornu::pjrt
