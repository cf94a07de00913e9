#include "cornu/data/datasets/fetch.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <vector>

#include "cornu/core/error.h"
#include "cornu/data/sha256.h"

extern "C" char** environ;  // NOLINT: POSIX gives it no header

namespace cornu::data {
namespace {

struct Outcome {
  int status = 0;    // exit status; 127 when the program could not be started
  std::string text;  // what it wrote to its standard error
};

// Runs a program without a shell, its standard error collected: a library prints nothing.
Outcome run(std::vector<std::string> arguments) {
  int ends[2];
  if (::pipe(ends) != 0) return {127, std::strerror(errno)};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_addclose(&actions, ends[0]);
  posix_spawn_file_actions_addclose(&actions, ends[1]);
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  pid_t child = 0;
  const int error = ::posix_spawnp(&child, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  Outcome outcome;
  char buffer[512];
  for (ssize_t n = 0; error == 0 && ((n = ::read(ends[0], buffer, sizeof buffer)) > 0 || (n < 0 && errno == EINTR));)
    if (n > 0 && outcome.text.size() < 4096) outcome.text.append(buffer, static_cast<std::size_t>(n));
  ::close(ends[0]);
  if (error != 0) return {127, std::strerror(error)};
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
  return outcome;
}

struct Temporary {
  std::string path;
  ~Temporary() {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
  }
};

}  // namespace

void fetch(const std::string& url, const std::string& target, const std::string& sha256) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (const fs::path folder = fs::path(target).parent_path(); !folder.empty()) fs::create_directories(folder, error);
  if (error) throw FileError(cat("cannot make the folder for \"", target, "\"\n  received: ", error.message()));
  const Temporary part{cat(target, ".", ::getpid(), ".part")};
  const Outcome outcome =
      run({"curl", "--fail", "--location", "--silent", "--show-error", "--proto", "=https,http,file",
           "--connect-timeout", "15", "--speed-limit", "1000", "--speed-time", "30", "--output", part.path, "--", url});
  if (outcome.status != 0)
    throw FileError(cat("cannot download ", url, "\n  received: ",
                        outcome.status == 127 ? cat("the program curl cannot be run (", outcome.text, ")")
                                              : std::string(trim(outcome.text)),
                        "\n  expected: a network, and curl (apt-get install curl)"));
  const std::string actual = sha256_of_file(part.path);
  if (actual != sha256)
    throw FileError(cat("the download of ", url, " is not the file it should be; it was not kept\n  received: SHA-256 ",
                        actual, "\n  expected: SHA-256 ", sha256,
                        "\n  try again; behind a proxy, look at what the address really gives"));
  fs::rename(part.path, target, error);
  if (error) throw FileError(cat("cannot write \"", target, "\"\n  received: ", error.message()));
}

}  // namespace cornu::data
