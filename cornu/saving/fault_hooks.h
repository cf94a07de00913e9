// Faults on demand, in this test program alone: the n-th allocation, write, fsync, ... of this thread fails. The
// program's own definitions of these functions stand in front of the system's; nothing is loaded or patched.
#pragma once

#include <string>

namespace cornu::saving::faults {

enum class Call { kAllocation, kOpen, kWrite, kFsync, kLink, kClose, kRename };

// From now on, the call number `n` of that kind (from 0) of this thread fails once, with `error` as errno.
void arm(Call call, long n, int error);
// Ends that. Was the call reached?
bool disarm();
// Every write moves one byte only, and every second one is interrupted.
void make_writes_short(bool on);
// Objects of operator new that are alive in this program.
long live_allocations();

}  // namespace cornu::saving::faults
