#include "cornu/saving/read_bytes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>

#include "cornu/core/error.h"
#include "cornu/saving/hdf5_reader.h"

namespace cornu::saving {
namespace {

struct Descriptor {
  int fd;
  explicit Descriptor(int d) : fd(d) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

}  // namespace

SharedBytes read_shared_bytes(const std::string& path) {
  const auto fail = [&](const std::string& why, const char* way_out) {
    throw FileError(cat(cannot_read(path), "  received: ", why, "\n", "  way out: ", way_out));
  };
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) fail(std::strerror(errno), "check the path");
  if (S_ISDIR(info.st_mode)) fail("a folder", "give a .h5 or .keras file");
  if (!S_ISREG(info.st_mode)) fail("no regular file", "give a .h5 or .keras file");
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.fd < 0) fail(std::strerror(errno), "give read permission");
  try {
    Tensor bytes = Tensor::empty({static_cast<std::int64_t>(info.st_size)}, uint8);
    char* to = static_cast<char*>(bytes.mutable_raw());
    for (std::size_t left = bytes.bytes(); left > 0;) {
      // Linux moves at most 2 GiB a call.
      const ssize_t n = ::read(file.fd, to, std::min<std::size_t>(left, std::size_t{1} << 30));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) fail(std::strerror(errno), "check the disk");
      if (n == 0) fail("a file that ends early", "check the disk");
      to += n;
      left -= static_cast<std::size_t>(n);
    }
    return SharedBytes(bytes);
  } catch (const std::bad_alloc&) {
    fail(cat("a file of ", info.st_size, " bytes, which needs more memory than there is"),
         "use a machine with more memory");
  }
  return {};
}

}  // namespace cornu::saving
