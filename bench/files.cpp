// Loading and saving a model file, beside reading and writing its bytes. One process for each measurement, since what
// counts is also the peak of memory. Prints one JSON object.
//   bench_files make FILE        a model of 600 MB
//   bench_files read|load FILE
//   bench_files write|save FILE OUT   the median of several, each to a file that is not there yet: a machine that has
//                                     to find fresh memory for the file's pages takes several times as long
#include <cornu/cornu.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

using namespace cornu;

namespace {

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

void report(double seconds) {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("{\"seconds\": %.4f, \"peak_mb\": %ld}\n", seconds, usage.ru_maxrss / 1024);
}

void fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

std::vector<char> bytes_of(const char* path) {
  const int fd = ::open(path, O_RDONLY);
  if (fd < 0) fail(path);
  std::vector<char> bytes(static_cast<std::size_t>(::lseek(fd, 0, SEEK_END)));
  ::lseek(fd, 0, SEEK_SET);
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t n = ::read(fd, bytes.data() + done, bytes.size() - done);
    if (n <= 0) fail(path);
    done += static_cast<std::size_t>(n);
  }
  ::close(fd);
  return bytes;
}

void write_bytes(const std::vector<char>& bytes, const char* path) {
  const int fd = ::open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t n = ::write(fd, bytes.data() + done, bytes.size() - done);
    if (n <= 0) fail(path);
    done += static_cast<std::size_t>(n);
  }
  if (::fsync(fd) != 0 || ::close(fd) != 0) fail(path);
}

template <class F>
double written(const char* path, F&& write) {
  std::vector<double> times;
  for (int i = 0; i < 5; ++i) {
    ::unlink(path);
    const double start = now();
    write();
    times.push_back(now() - start);
  }
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "";
  if (argc < 3 || ((what == "write" || what == "save") && argc < 4)) {
    std::fprintf(stderr, "usage: bench_files make|read|load FILE, bench_files write|save FILE OUT\n");
    return 2;
  }
  if (what == "write") {
    const std::vector<char> bytes = bytes_of(argv[2]);
    report(written(argv[3], [&] { write_bytes(bytes, argv[3]); }));
    return 0;
  }
  if (what == "save") {
    const Model model = load_model(argv[2]);
    report(written(argv[3], [&] { model.save(argv[3]); }));
    return 0;
  }
  const double start = now();
  if (what == "make")
    Sequential({layers::Dense(12000, {.input_shape = {6000}}), layers::Dense(6000), layers::Dense(1000)}).save(argv[2]);
  else if (what == "read")
    bytes_of(argv[2]);
  else
    load_model(argv[2]);
  report(now() - start);
}
