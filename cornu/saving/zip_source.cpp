#include "cornu/saving/zip_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "cornu/core/error.h"
#include "cornu/saving/hdf5_reader.h"

namespace cornu::saving {

ZipSource ZipSource::open(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0)
    throw FileError(cat(cannot_read(path), "  received: ", std::strerror(errno), "\n  way out: check the path"));
  struct stat info {};
  const bool known = ::fstat(file, &info) == 0 && info.st_size >= 0;
  return ZipSource(file, known ? static_cast<std::uint64_t>(info.st_size) : 0);
}

ZipSource::ZipSource(ZipSource&& other) noexcept : file_(other.file_), bytes_(other.bytes_), size_(other.size_) {
  other.file_ = -1;
}

ZipSource::~ZipSource() {
  if (file_ >= 0) ::close(file_);
}

bool ZipSource::read(std::uint64_t offset, std::uint64_t count, char* to) const {
  if (offset > size_ || count > size_ - offset) return false;
  if (file_ < 0) {
    if (count > 0) std::memcpy(to, bytes_.data() + offset, count);
    return true;
  }
  while (count > 0) {
    // Linux moves at most 2 GiB a call.
    const ssize_t n =
        ::pread(file_, to, std::min<std::uint64_t>(count, std::uint64_t{1} << 30), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    to += n;
    offset += static_cast<std::uint64_t>(n);
    count -= static_cast<std::uint64_t>(n);
  }
  return true;
}

std::string ZipSource::read(std::uint64_t offset, std::uint64_t count) const {
  if (offset > size_ || count > size_ - offset) return "";
  std::string bytes(count, '\0');
  if (!read(offset, count, bytes.data())) bytes.clear();
  return bytes;
}

}  // namespace cornu::saving
