// Where the command line writes: results to standard output or to a named file, everything else to standard error.
#pragma once

#include <string>

#include "cornu/callbacks/callback.h"
#include "cornu/core/json.h"

namespace cornu::tool {

// To standard output.
void print(const std::string& text);
// Flushes standard output. Throws FileError when something of it could not be written (a full disk, a closed pipe).
void close_stdout();
// "cornu: note: ..." on standard error.
void note(const std::string& text);

// A progress bar on standard error; single lines without control characters where that is no terminal.
Callback progress();
bool stderr_is_terminal();

// JSON for a reader and for programs: two spaces a level, but lists of plain numbers and texts on one line.
std::string pretty(const Json& value);

// Throws FileError when no file can appear at `path`: an error after an hour of training would come too late.
void check_writable(const std::string& path);
// Throws UsageError unless the path ends in one of `endings`.
void check_ending(const std::string& path, const std::vector<std::string>& endings, const std::string& option);
// The file whole or not at all.
void write_text(const std::string& path, const std::string& text);
// The whole file. Throws FileError.
std::string read_text(const std::string& path, const char* what);

}  // namespace cornu::tool
