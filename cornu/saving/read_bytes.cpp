#include "cornu/saving/read_bytes.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <new>

#include "cornu/core/error.h"
#include "cornu/saving/hdf5_reader.h"

namespace cornu::saving {

std::string read_model_bytes(const std::string& path) {
  const auto fail = [&](const std::string& why, const char* way_out) {
    throw FileError(cat(cannot_read(path), "  received: ", why, "\n", "  way out: ", way_out));
  };
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) fail(std::strerror(errno), "check the path");
  if (S_ISDIR(info.st_mode)) fail("a folder", "give a .h5 or .keras file");
  if (!S_ISREG(info.st_mode)) fail("no regular file", "give a .h5 or .keras file");
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  const std::streamoff size = file ? static_cast<std::streamoff>(file.tellg()) : -1;
  if (size < 0) fail(std::strerror(errno), "give read permission");
  try {
    std::string bytes(static_cast<std::size_t>(size), '\0');
    file.seekg(0);
    file.read(bytes.data(), size);
    if (file.gcount() != size) fail("a file that ends early", "check the disk");
    return bytes;
  } catch (const std::bad_alloc&) {
    fail(cat("a file of ", size, " bytes, which needs more memory than there is"), "use a machine with more memory");
  }
  return {};
}

}  // namespace cornu::saving
