#include "cornu/saving/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "cornu/core/error.h"

namespace cornu::saving {
namespace {

// What to do about an errno of writing; "" when there is nothing better than the reason itself.
const char* way_out(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT: return "free some space, or save to another disk";
    case EFBIG: return "raise the file size limit (ulimit -f), or save to another disk";
    case EACCES:
    case EPERM: return "give write permission on the folder, or save to another one";
    case EROFS: return "save to a disk that is not mounted read-only";
    case ENOENT:
    case ENOTDIR: return "create the folder first, or correct the path";
    case EISDIR: return "give the name of a file, not of a folder";
    default: return "check the disk, or save to another path";
  }
}

[[noreturn]] void fail(const std::string& path, const char* step, int error) {
  throw FileError(cat("[save] cannot write '", path, "'.\n", "  received: ", std::strerror(error), " (", step,
                      "); the file that was there before, if any, is unchanged\n", "  way out: ", way_out(error)));
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// The path behind symbolic links, so that saving through a link replaces the file and not the link.
std::string resolved(const std::string& path) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0 || !S_ISLNK(info.st_mode)) return path;
  char* real = ::realpath(path.c_str(), nullptr);
  if (real == nullptr) return path;  // a dangling link is replaced
  std::string result(real);
  std::free(real);
  return result;
}

// An open temporary in the folder of the target. Where the system can, it has no name until it is complete, so that
// even SIGKILL leaves nothing behind; else it has a unique name that the destructor removes.
class Temporary {
 public:
  Temporary(const std::string& shown, const std::string& target, mode_t mode) : shown_(shown), target_(target) {
    static std::atomic<unsigned> counter{0};
    const std::string folder = folder_of(target);
    const std::string base = target.substr(target.rfind('/') == std::string::npos ? 0 : target.rfind('/') + 1);
    // At most 255 bytes a name: a long base is cut, the pid and the counter keep it unique.
    name_ = cat(folder, "/.", base.substr(0, 200), ".", ::getpid(), ".", counter++, ".tmp");
#ifdef O_TMPFILE
    fd_ = ::open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, mode);
    nameless_ = fd_ >= 0;
#endif
    if (fd_ < 0) fd_ = ::open(name_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd_ < 0) fail(shown_, "creating a temporary file beside it", errno);
    named_ = !nameless_;
  }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  ~Temporary() {
    if (fd_ >= 0) ::close(fd_);
    if (named_) ::unlink(name_.c_str());
  }

  void write(std::string_view bytes) {
    while (!bytes.empty()) {
      // Linux moves at most 2 GiB a call.
      const ssize_t n = ::write(fd_, bytes.data(), std::min<std::size_t>(bytes.size(), std::size_t{1} << 30));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) fail(shown_, "writing", errno);
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
  }

  void set_mode(mode_t mode) { (void)::fchmod(fd_, mode); }

  void become_target() {
    if (::fsync(fd_) != 0) fail(shown_, "flushing to disk", errno);
    if (nameless_) {
      const std::string self = cat("/proc/self/fd/", fd_);
      if (::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, name_.c_str(), AT_SYMLINK_FOLLOW) != 0)
        fail(shown_, "naming the temporary file", errno);
      named_ = true;
    }
    // Some network file systems report a failed write only here.
    const int closed = ::close(fd_);
    fd_ = -1;
    if (closed != 0) fail(shown_, "closing the temporary file", errno);
    if (::rename(name_.c_str(), target_.c_str()) != 0) fail(shown_, "renaming the temporary file", errno);
    named_ = false;
  }

 private:
  std::string shown_;
  std::string target_;
  std::string name_;
  int fd_ = -1;
  bool nameless_ = false;
  bool named_ = false;
};

// Makes the rename itself survive a power cut. The new file is whole either way, so a file system that cannot flush a
// folder is no reason to fail.
void flush_folder(const std::string& path) {
  const int fd = ::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  (void)::fsync(fd);
  ::close(fd);
}

}  // namespace

void write_file_atomically(const std::string& path, const std::vector<std::string_view>& parts) {
  if (path.empty() || path.back() == '/') fail(path, "no file name in the path", EISDIR);
  const std::string target = resolved(path);
  struct stat old {};
  const bool exists = ::stat(target.c_str(), &old) == 0;
  if (exists && S_ISDIR(old.st_mode)) fail(path, "a folder of that name exists", EISDIR);
  // Replacing a file that the user made read-only would surprise him, although the folder would allow it.
  if (exists && ::access(target.c_str(), W_OK) != 0) fail(path, "the existing file is not writable", errno);

  Temporary temporary(path, target, 0666);
  if (exists) temporary.set_mode(old.st_mode & 07777);
  for (const std::string_view part : parts) temporary.write(part);
  temporary.become_target();
  flush_folder(target);
}

}  // namespace cornu::saving
