// The scratch memory of a thread: what Executable::run() is given, whoever runs it.
#pragma once

#include <cstddef>

namespace cornu {

// Memory of this thread, 64-byte aligned, until the thread asks again. Allocates only to grow.
void* thread_workspace(std::size_t bytes);

}  // namespace cornu
