// While one of these lives, this thread's float arithmetic takes numbers below the normal range for zero.
//
// Gradients that fade away pass through that range, and processors compute there ten to a hundred times slower. Keras's
// backends do the same.
#pragma once

#include <cstdint>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace cornu::cpu {

class FlushDenormals {
 public:
#if defined(__SSE2__)
  FlushDenormals() : before_(_mm_getcsr()) {
    if ((before_ & kFlags) != kFlags) _mm_setcsr(before_ | kFlags);
  }
  ~FlushDenormals() {
    if ((before_ & kFlags) != kFlags) _mm_setcsr(before_);
  }

 private:
  static constexpr unsigned kFlags = 0x8040;  // flush to zero, denormals are zero
  unsigned before_;
#elif defined(__aarch64__)
  FlushDenormals() {
    asm volatile("mrs %0, fpcr" : "=r"(before_));
    asm volatile("msr fpcr, %0" ::"r"(before_ | kFlag));
  }
  ~FlushDenormals() { asm volatile("msr fpcr, %0" ::"r"(before_)); }

 private:
  static constexpr std::uint64_t kFlag = std::uint64_t{1} << 24;
  std::uint64_t before_;
#endif

 public:
  FlushDenormals(const FlushDenormals&) = delete;
  FlushDenormals& operator=(const FlushDenormals&) = delete;
};

}  // namespace cornu::cpu
