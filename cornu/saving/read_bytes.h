// The bytes of a model file, whole.
#pragma once

#include <string>

#include "cornu/saving/shared_bytes.h"

namespace cornu::saving {

// Throws FileError: not there, a folder, no regular file (a device has no end), no permission, no memory.
SharedBytes read_shared_bytes(const std::string& path);

}  // namespace cornu::saving
