// How often this program has asked for memory with operator new, in any thread.
#pragma once

namespace cornu::test {

long allocations();

}  // namespace cornu::test
