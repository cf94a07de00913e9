// Downloads one file and believes it only when its SHA-256 is right.
#pragma once

#include <string>

namespace cornu::data {

// Downloads `url` to the file `target` through the program curl (its proxies and certificates are then the user's usual
// ones). The file appears only when it is whole and its SHA-256 is `sha256`. Folders in front of it are made.
// Throws FileError, with what curl said, when it cannot be had; a file that differs is not kept.
void fetch(const std::string& url, const std::string& target, const std::string& sha256);

}  // namespace cornu::data
