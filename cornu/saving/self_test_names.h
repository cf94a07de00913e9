// Where golden samples lie in a file; for reader and writers.
#pragma once

namespace cornu::saving {

// In a .h5: an attribute and a group of the root. The tensors in it are x0, x1, ..., y0, ...
inline constexpr const char* kSelfTestGroup = "cornu_self_test";
// In a .keras: members; the second has the same tensors at its root.
inline constexpr const char* kSelfTestState = "cornu/selftest.json";
inline constexpr const char* kSelfTestTensors = "cornu/selftest.h5";

}  // namespace cornu::saving
