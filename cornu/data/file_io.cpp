#include "cornu/data/file_io.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <new>

#include "cornu/core/error.h"

namespace cornu::data {
namespace {

[[noreturn]] void fail(std::string_view doing, const std::string& path, int error) {
  throw FileError(cat("cannot ", doing, " \"", path, "\"\n  received: ", std::strerror(error),
                      "\n  expected: a file that this user may ",
                      doing == "read" || doing == "open" ? "read" : "write"));
}

void write_all(int descriptor, std::span<const std::byte> piece, const std::string& path) {
  while (!piece.empty()) {
    const ssize_t n = ::write(descriptor, piece.data(), piece.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail("write", path, errno);
    piece = piece.subspan(static_cast<std::size_t>(n));
  }
}

// A pipe tells no size: collect, doubling.
Tensor read_pipe(FileReader& reader) {
  Tensor blob = Tensor::empty({std::int64_t{1} << 16}, uint8);
  std::size_t used = 0;
  while (true) {
    const std::size_t n = reader.read(blob.mutable_data<std::uint8_t>() + used, blob.bytes() - used);
    used += n;
    if (used < blob.bytes()) break;
    Tensor larger = Tensor::empty({blob.dim(0) * 2}, uint8);
    std::memcpy(larger.mutable_raw(), blob.raw(), used);
    blob = std::move(larger);
  }
  return blob.rows(0, static_cast<std::int64_t>(used));
}

// Closes the descriptor and removes the temporary file unless the write came to its end.
struct Temporary {
  std::string path;
  int descriptor = -1;
  bool done = false;
  ~Temporary() {
    if (descriptor >= 0) ::close(descriptor);
    if (!done && !path.empty()) ::unlink(path.c_str());
  }
};

void write_directly(const std::string& path, const std::vector<std::span<const std::byte>>& pieces) {
  Temporary file;
  file.descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (file.descriptor < 0) fail("write", path, errno);
  for (const auto& piece : pieces) write_all(file.descriptor, piece, path);
}

}  // namespace

FileReader::FileReader(std::string path) : path_(std::move(path)) {
  descriptor_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor_ < 0) fail("open", path_, errno);
  struct stat info {};
  if (::fstat(descriptor_, &info) != 0 || S_ISDIR(info.st_mode)) {
    ::close(descriptor_);
    throw FileError(cat("cannot read \"", path_, "\"\n  received: a folder\n  expected: a file"));
  }
  regular_ = S_ISREG(info.st_mode);
  size_ = regular_ ? static_cast<std::uint64_t>(info.st_size) : 0;
}

FileReader::~FileReader() { ::close(descriptor_); }

std::size_t FileReader::read(void* target, std::size_t bytes) {
  std::size_t done = 0;
  while (done < bytes) {
    // Linux reads at most 2 GiB a call; asking for 1 GiB keeps the result far from the sign bit everywhere.
    const ssize_t n =
        ::read(descriptor_, static_cast<char*>(target) + done, std::min(bytes - done, std::size_t{1} << 30));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail("read", path_, errno);
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  return done;
}

void FileReader::read_exactly(void* target, std::size_t bytes) {
  const std::size_t n = read(target, bytes);
  if (n != bytes)
    throw FileError(cat("\"", path_, "\" ends too early\n  received: ", n, " bytes\n  expected: ", bytes,
                        " more bytes; was the file cut off or changed while it was read?"));
}

Tensor read_file(const std::string& path) {
  FileReader reader(path);
  if (!reader.is_regular()) return read_pipe(reader);
  try {
    Tensor blob = Tensor::empty({static_cast<std::int64_t>(reader.size())}, uint8);
    if (reader.size() > 0) reader.read_exactly(blob.mutable_raw(), blob.bytes());
    return blob;
  } catch (const std::bad_alloc&) {
    throw FileError(cat("\"", path, "\" does not fit into memory\n  received: a file of ", reader.size(),
                        " bytes\n  either split the file or use a machine with more memory"));
  }
}

Tensor view(const Tensor& blob, std::size_t offset, Shape shape, DType dtype) {
  const char* data = static_cast<const char*>(blob.raw()) + offset;
  Tensor borrowed = Tensor::borrow(data, std::move(shape), dtype, std::make_shared<const Tensor>(blob));
  const bool aligned = reinterpret_cast<std::uintptr_t>(data) % size_of(dtype) == 0;
  return aligned ? borrowed : borrowed.copy();  // copy() moves bytes, so it may read unaligned ones
}

void swap_bytes(void* data, std::int64_t elements, std::size_t width) {
  if (width == 1) return;
  char* at = static_cast<char*>(data);
  for (std::int64_t i = 0; i < elements; ++i, at += width) std::reverse(at, at + width);
}

void write_file(const std::string& path, const std::vector<std::span<const std::byte>>& pieces) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  // Through a link to the file it names: renaming over the link would replace the link.
  const fs::path resolved = fs::is_symlink(path, ignored) ? fs::weakly_canonical(path, ignored) : fs::path(path);
  const std::string target = resolved.empty() ? path : resolved.string();
  if (fs::exists(target, ignored) && !fs::is_regular_file(target, ignored)) {
    if (fs::is_directory(target, ignored)) fail("write", path, EISDIR);
    return write_directly(target, pieces);
  }
  static std::atomic<unsigned> counter{0};
  Temporary file;
  file.path = cat(target, ".", ::getpid(), ".", counter++, ".tmp");
  file.descriptor = ::open(file.path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (file.descriptor < 0) {
    file.done = true;  // not ours to remove
    fail("write", path, errno);
  }
  for (const auto& piece : pieces) write_all(file.descriptor, piece, path);
  if (::fsync(file.descriptor) != 0 && errno != EINVAL) fail("write", path, errno);
  const int descriptor = file.descriptor;
  file.descriptor = -1;
  if (::close(descriptor) != 0) fail("write", path, errno);
  if (::rename(file.path.c_str(), target.c_str()) != 0) fail("write", path, errno);
  file.done = true;
}

}  // namespace cornu::data
