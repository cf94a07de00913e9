#include "tests/export/c_program.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "cornu/core/error.h"
#include "cornu/core/test_folder.h"
#include "cornu/engine/engine.h"
#include "cornu/engine/reference/reference.h"
#include "cornu/export/c99/c_text.h"

namespace cornu::export_test {
namespace {

constexpr const char* kWarnings = "-std=c99 -Wall -Wextra -Werror -pedantic";
constexpr std::size_t kFunctionsAFile = 60;

void write(const std::string& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }
std::string read(const std::string& path) {
  std::ostringstream out;
  out << std::ifstream(path, std::ios::binary).rdbuf();
  return out.str();
}

// Files of their own in a user's hands, and here many in one: what is static in each gets a name of its own.
std::string apart(const c99::Sources& s) {
  static const std::regex kStatic(R"((?:^|\n)(?:static|typedef)(?:[^\n;=({\[]|\{[^\n]*;[^\n]*\})*[ *](\w+)( =|[(\[]))");
  std::set<std::string> names;
  for (std::sregex_iterator it(s.source.begin(), s.source.end(), kStatic), end; it != end; ++it) names.insert((*it)[1]);
  std::string before, after;
  for (const std::string& name : names) {
    before += cat("#define ", name, " ", name, "_of_", s.name, "\n");
    after += cat("#undef ", name, "\n");
  }
  return before + s.source + after + "\n";
}

std::string buffers(const std::vector<Tensor>& tensors, const char* stem) {
  std::string out;
  for (std::size_t i = 0; i < tensors.size(); ++i)
    out += cat("  static ", c99::c_type(tensors[i].dtype()), " ", stem, i, "[",
               std::max<std::int64_t>(tensors[i].size(), 1), "];\n");
  return out;
}

// Reads the inputs, judges, writes the outputs.
std::string driver(const Judgment& j) {
  std::string out =
      cat("static void run_", j.sources.name, "(void) {\n", buffers(j.inputs, "x"), buffers(j.expected, "y"));
  std::vector<std::string> arguments;
  for (std::size_t i = 0; i < j.inputs.size(); ++i) {
    out += cat("  if (fread(x", i, ", 1, ", j.inputs[i].bytes(), ", stdin) != ", j.inputs[i].bytes(), ") exit(2);\n");
    arguments.push_back(cat("x", i));
  }
  for (std::size_t i = 0; i < j.expected.size(); ++i) arguments.push_back(cat("y", i));
  out += cat("  ", j.sources.name, "_run(", join(arguments, ", "), ");\n");
  for (std::size_t i = 0; i < j.expected.size(); ++i)
    out += cat("  fwrite(y", i, ", 1, ", j.expected[i].bytes(), ", stdout);\n");
  return out + "}\n";
}

std::string compile(const std::vector<Judgment>& js, const std::string& compiler, const std::string& flags,
                    const TemporaryFolder& folder) {
  std::string main = "#include <stdio.h>\n#include <stdlib.h>\n", calls, drivers, files, part;
  std::size_t parts = 0;
  for (std::size_t i = 0; i < js.size(); ++i) {
    write(folder / (js[i].sources.name + ".h"), js[i].sources.header);
    part += apart(js[i].sources);
    if ((i + 1) % kFunctionsAFile == 0 || i + 1 == js.size()) {
      const std::string file = cat("part", parts++, ".c");
      write(folder / file, std::exchange(part, ""));
      files += " " + (folder / file);
    }
    main += cat("#include \"", js[i].sources.name, ".h\"\n");
    drivers += driver(js[i]);
    calls += cat("  run_", js[i].sources.name, "();\n");
  }
  write(folder / "main.c", main + drivers + "int main(void) {\n" + calls + "  return 0;\n}\n");
  return cat(compiler, " ", kWarnings, " ", flags, " ", folder / "main.c", files, " -lm -o ", folder / "program", " > ",
             folder / "log", " 2>&1");
}

void compare(const Judgment& j, const Tensor& expected, const std::byte* bytes) {
  const Tensor actual = Tensor::borrow(bytes, expected.shape(), expected.dtype()).copy();  // wherever it lies
  for (std::int64_t i = 0; i < expected.size(); ++i) {
    const double e = expected.at(i), a = actual.at(i);
    if (e == a || (std::isnan(e) && std::isnan(a))) continue;
    if (is_floating(expected.dtype()) && std::fabs(e - a) <= 1e-5 * std::max(j.scale, std::fabs(e))) continue;
    ADD_FAILURE() << j.label << "\n"
                  << j.sources.source.substr(0, 6000) << "\nelement " << i << " of " << expected.shape() << " "
                  << name_of(expected.dtype()) << ": expected " << repr(e) << ", got " << repr(a);
    return;
  }
}

}  // namespace

bool have(const std::string& program) { return std::system(cat("command -v ", program, " > /dev/null").c_str()) == 0; }

std::optional<Judgment> judgment(const std::string& label, const exporting::InferenceGraph& graph,
                                 const std::vector<Tensor>& inputs, std::string* why) {
  static int next = 0;
  try {
    Judgment out;
    out.label = label;
    out.sources = c99::generate(graph, {.name = cat("c", next++), .sample_inputs = {}, .sample_outputs = {}});
    out.inputs = inputs;
    out.expected = evaluate(engine("reference"), graph.graph, inputs);
    return out;
  } catch (const NotSupportedError& error) {
    *why = error.what();
    return std::nullopt;
  }
}

void expect_same(const std::vector<Judgment>& judgments, const std::string& compiler, const std::string& flags) {
  const TemporaryFolder folder;
  const std::string command = compile(judgments, compiler, flags, folder);
  ASSERT_EQ(std::system(command.c_str()), 0) << command << "\n" << read(folder / "log").substr(0, 4000);
  std::string input;
  for (const Judgment& j : judgments)
    for (const Tensor& x : j.inputs) input.append(static_cast<const char*>(x.raw()), x.bytes());
  write(folder / "in", input);
  ASSERT_EQ(
      std::system(cat(folder / "program", " < ", folder / "in", " > ", folder / "out", " 2> ", folder / "log").c_str()),
      0)
      << read(folder / "log").substr(0, 4000);
  const std::string output = read(folder / "out");
  std::size_t at = 0;
  for (const Judgment& j : judgments)
    for (const Tensor& expected : j.expected) {
      ASSERT_LE(at + expected.bytes(), output.size());
      compare(j, expected, reinterpret_cast<const std::byte*>(output.data()) + at);
      at += expected.bytes();
    }
}

}  // namespace cornu::export_test
