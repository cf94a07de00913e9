// The bytes of a model file, whole.
#pragma once

#include <string>

namespace cornu::saving {

// Throws FileError: not there, a folder, no regular file (a device has no end), no permission.
std::string read_model_bytes(const std::string& path);

}  // namespace cornu::saving
