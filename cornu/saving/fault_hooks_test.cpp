#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <new>

#include "cornu/saving/fault_hooks.h"

namespace cornu::saving::faults {
namespace {

struct State {
  bool armed = false, reached = false, short_writes = false;
  Call call = Call::kAllocation;
  long left = 0;
  int error = 0;
  unsigned interruptions = 0;
};
thread_local State state;
std::atomic<long> live{0};

// True when this very call is to fail.
bool fails(Call call) {
  if (!state.armed || state.reached || state.call != call || state.left-- > 0) return false;
  state.reached = true;
  errno = state.error;
  return true;
}

}  // namespace

void arm(Call call, long n, int error) {
  const bool short_writes = state.short_writes;
  state = {};
  state.short_writes = short_writes;
  state.call = call;
  state.left = n;
  state.error = error;
  state.armed = true;
}

bool disarm() {
  state.armed = false;
  return state.reached;
}

void make_writes_short(bool on) { state.short_writes = on; }
long live_allocations() { return live; }

}  // namespace cornu::saving::faults

namespace faults = cornu::saving::faults;

namespace {

void* allocate(std::size_t bytes) {
  if (faults::fails(faults::Call::kAllocation)) throw std::bad_alloc();
  void* memory = std::malloc(bytes == 0 ? 1 : bytes);
  if (memory == nullptr) throw std::bad_alloc();
  ++faults::live;
  return memory;
}

void release(void* memory) {
  if (memory != nullptr) --faults::live;
  std::free(memory);
}

}  // namespace

void* operator new(std::size_t bytes) { return allocate(bytes); }
void* operator new[](std::size_t bytes) { return allocate(bytes); }
// std::stable_sort asks so. Sanitizers have one of their own, which knows nothing of the free() below.
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
  try {
    return operator new(bytes);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}
void operator delete(void* memory) noexcept { release(memory); }
void operator delete[](void* memory) noexcept { release(memory); }
void operator delete(void* memory, std::size_t) noexcept { release(memory); }
void operator delete[](void* memory, std::size_t) noexcept { release(memory); }

extern "C" {

ssize_t write(int fd, const void* bytes, size_t count) {
  if (faults::fails(faults::Call::kWrite)) return -1;
  if (faults::state.short_writes && fd > STDERR_FILENO) {
    if (++faults::state.interruptions % 2 == 0) {
      errno = EINTR;
      return -1;
    }
    if (count > 1) count = 1 + count / 2;
  }
  return syscall(SYS_write, fd, bytes, count);
}

int fsync(int fd) { return faults::fails(faults::Call::kFsync) ? -1 : static_cast<int>(syscall(SYS_fsync, fd)); }

int close(int fd) {
  const bool fail = faults::fails(faults::Call::kClose);
  const int result = static_cast<int>(syscall(SYS_close, fd));
  if (!fail) return result;
  errno = EIO;
  return -1;
}

int linkat(int from_folder, const char* from, int to_folder, const char* to, int flags) {
  if (faults::fails(faults::Call::kLink)) return -1;
  return static_cast<int>(syscall(SYS_linkat, from_folder, from, to_folder, to, flags));
}

int rename(const char* from, const char* to) noexcept {
  if (faults::fails(faults::Call::kRename)) return -1;
  return static_cast<int>(syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}

int open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = static_cast<mode_t>(va_arg(rest, unsigned));
  va_end(rest);
  if (faults::fails(faults::Call::kOpen)) return -1;
  return static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, flags, mode));
}

}  // extern "C"
