#include "tools/cornu/output.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "cornu/callbacks/callbacks.h"
#include "cornu/saving/atomic_file.h"
#include "tools/cornu/command.h"

namespace cornu::tool {
namespace {

bool is_plain(const Json& value) {
  if (value.is_array()) return std::all_of(value.begin(), value.end(), is_plain);
  return !value.is_object();
}

void pretty(const Json& value, std::string indent, std::string& out) {
  if (value.empty() || is_plain(value)) {
    out += dump_json(value);
    return;
  }
  const std::string outer = indent;
  indent += "  ";
  const char* separator = "\n";
  out += value.is_object() ? '{' : '[';
  for (const auto& [key, item] : value.items()) {
    out += separator + indent;
    if (value.is_object()) out += dump_json(Json(key)) + ": ";
    pretty(item, indent, out);
    separator = ",\n";
  }
  out += '\n' + outer + (value.is_object() ? '}' : ']');
}

}  // namespace

void print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

void close_stdout() {
  errno = 0;
  if (std::fflush(stdout) != 0 || std::ferror(stdout))
    throw FileError(cat("cannot write to standard output: ", std::strerror(errno ? errno : EIO)));
}

void note(const std::string& text) { std::fputs(("cornu: note: " + text + "\n").c_str(), stderr); }

bool stderr_is_terminal() { return isatty(STDERR_FILENO) == 1; }

Callback progress() {
  return callbacks::ProgbarLogger([](const std::string& text) { std::fwrite(text.data(), 1, text.size(), stderr); },
                                  stderr_is_terminal());
}

std::string pretty(const Json& value) {
  std::string out;
  pretty(value, "", out);
  return out + "\n";
}

void check_writable(const std::string& path) {
  const auto fail = [&](const std::string& reason, const char* way_out) {
    throw FileError(cat("cannot write '", path, "'\n  received: ", reason, "\n  way out: ", way_out));
  };
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) fail("the path of a folder", "give the path of a file in it");
  std::string folder = std::filesystem::path(path).parent_path().string();
  if (folder.empty()) folder = ".";
  if (!std::filesystem::exists(folder, error)) fail(cat("no folder '", folder, "'"), "make the folder first");
  if (!std::filesystem::is_directory(folder, error)) fail(cat("'", folder, "', which is no folder"), "check the path");
  if (access(folder.c_str(), W_OK | X_OK) != 0)
    fail(cat("the folder '", folder, "': ", std::strerror(errno)), "give write permission, or another folder");
}

void check_ending(const std::string& path, const std::vector<std::string>& endings, const std::string& option) {
  const std::string name = lower(path);
  if (std::any_of(endings.begin(), endings.end(), [&](const std::string& e) { return ends_with(name, e); })) return;
  throw UsageError(cat(option, " received: '", path, "'\n  expected: a name that ends in ", join(endings, ", ")));
}

void write_text(const std::string& path, const std::string& text) { saving::write_file_atomically(path, {text}); }

std::string read_text(const std::string& path, const char* what) {
  const auto fail = [&](const std::string& reason) {
    throw FileError(cat("cannot read ", what, " '", path, "'\n  received: ", reason, "\n  way out: check the path"));
  };
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) fail(std::strerror(errno));
  if (S_ISDIR(info.st_mode)) fail("a folder");
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (!file) fail(std::strerror(errno));
  std::string out;
  char block[1 << 16];
  for (std::size_t n; (n = std::fread(block, 1, sizeof block, file)) > 0;) out.append(block, n);
  const bool failed = std::ferror(file) != 0;
  std::fclose(file);
  if (failed) fail("a read error");
  return out;
}

}  // namespace cornu::tool
