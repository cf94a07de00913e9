// The entry of one fuzzer; CORNU_FUZZ_TARGET names the function of targets.h.
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/targets.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  cornu::fuzz::CORNU_FUZZ_TARGET({reinterpret_cast<const char*>(data), size});
  return 0;
}
