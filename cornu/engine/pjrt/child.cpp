#include "cornu/engine/pjrt/child.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <memory>

#include "cornu/core/error.h"

namespace cornu::pjrt {
namespace {

constexpr unsigned kSeconds = 300;
constexpr int kThrew = 3;

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

std::string content(std::FILE* file) {
  std::string out;
  std::rewind(file);
  char part[4096];
  while (const std::size_t n = std::fread(part, 1, sizeof part, file)) out.append(part, n);
  return out;
}

// XLA's "F0000 00:00:1795721266.697024    1060 parse_flags_from_env.cc:234] Unknown flag ..." without its beginning.
std::string last_words(const std::string& log) {
  std::string last;
  for (const std::string& line : split(log, '\n'))
    if (!trim(line).empty() && (starts_with(line, "F0") || last.empty())) last = line;
  const std::size_t message = last.find("] ");
  return message == std::string::npos ? last : last.substr(message + 2);
}

[[noreturn]] void work_and_end(const std::function<std::string()>& work, std::FILE* answer, std::FILE* log) {
  alarm(kSeconds);
  dup2(fileno(log), STDERR_FILENO);
  dup2(fileno(log), STDOUT_FILENO);
  int status = 0;
  std::string text;
  try {
    text = work();
  } catch (const std::exception& error) {
    text = error.what();
    status = kThrew;
  } catch (...) {
    text = "it threw what is no exception of C++'s library";
    status = kThrew;
  }
  std::fwrite(text.data(), 1, text.size(), answer);
  std::fflush(answer);
  _exit(status);  // destructors belong to the parent
}

}  // namespace

ChildAnswer in_child(const std::function<std::string()>& work) {
  const File answer(std::tmpfile(), std::fclose), log(std::tmpfile(), std::fclose);
  const pid_t child = answer && log ? fork() : -1;
  if (child < 0) throw EngineError(cat("[pjrt] cannot start a process to try a plug-in in: ", std::strerror(errno)));
  if (child == 0) work_and_end(work, answer.get(), log.get());
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  const std::string text = content(answer.get());
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {text, ""};
  if (WIFEXITED(status) && WEXITSTATUS(status) == kThrew) return {"", text};
  const std::string words = last_words(content(log.get()));
  const std::string how = WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM ? cat("gave no answer in ", kSeconds, " s")
                          : WIFSIGNALED(status) ? cat("ended its process (", strsignal(WTERMSIG(status)), ")")
                                                : cat("ended its process with status ", WEXITSTATUS(status));
  return {"", cat("the plug-in ", how, words.empty() ? "" : cat("; its last words: ", words))};
}

}  // namespace cornu::pjrt
