// Replaces a file whole or not at all: temporary in the same folder, flush to disk, rename, flush of the folder.
// Whatever fails (full disk, no permission, missing folder, a kill), the old file stays as it was.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cornu::saving {

// The file at `path` becomes the concatenation of `parts`. A symbolic link is followed, an existing file keeps its
// permissions. Throws FileError with the path, the reason and the way out; no temporary is left behind.
void write_file_atomically(const std::string& path, const std::vector<std::string_view>& parts);

}  // namespace cornu::saving
