// JSON out of a model file, whose size and number of values are held against what a configuration can be.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cornu/core/json.h"

namespace cornu::saving {

// The largest known configurations have 2 MB; a value in memory takes many times its text.
inline constexpr std::uint64_t kMaxConfigBytes = std::uint64_t{64} << 20;

// Throws FileError: too large, too many values or layers, nested too deeply, no JSON. `what` names the text, `shown`
// the file.
Json parse_config(std::string_view text, const std::string& what, const std::string& shown);

}  // namespace cornu::saving
