// A user at the shell: runs the program in a folder of its own and looks at what comes out.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "cornu/core/error.h"
#include "cornu/core/json.h"
#include "cornu/core/test_folder.h"
#include "cornu/data/npy.h"

namespace cornu::tool {

struct Outcome {
  int status = -1;
  std::string out, err;
};

class CommandLine : public ::testing::Test {
 protected:
  std::string at(const std::string& name) const { return folder_ + "/" + name; }
  static std::string golden(const std::string& name) { return CORNU_ROOT "/tests/golden/keras-3/" + name; }

  // As typed behind `cornu `, with the shell's rules.
  Outcome cornu(const std::string& words, const std::string& input = "") const {
    write("stdin", input);
    const std::string command = "cd " + folder_ + " && " CORNU_PROGRAM " " + words + " < stdin > stdout 2> stderr";
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read("stdout"), read("stderr")};
  }
  // The same, where nothing may go wrong.
  Outcome done(const std::string& words, const std::string& input = "") const {
    Outcome outcome = cornu(words, input);
    EXPECT_EQ(outcome.status, 0) << "cornu " << words << "\n" << outcome.err;
    return outcome;
  }
  // Where `status` must be the exit status, and one message name all of `parts`.
  void fails(int status, const std::string& words, const std::vector<std::string>& parts) const {
    const Outcome outcome = cornu(words);
    EXPECT_EQ(outcome.status, status) << "cornu " << words << "\n" << outcome.out << outcome.err;
    EXPECT_NE(outcome.err.find("cornu: error: "), std::string::npos) << "cornu " << words << "\n" << outcome.err;
    for (const std::string& part : parts)
      EXPECT_NE(outcome.err.find(part), std::string::npos) << "cornu " << words << "\n"
                                                           << outcome.err << "lacks: " << part;
    expect_shape_of_message(outcome.err);
  }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(at(name), std::ios::binary) << text;
  }
  std::string read(const std::string& name) const {
    std::ostringstream out;
    out << std::ifstream(at(name), std::ios::binary).rdbuf();
    return out.str();
  }
  static std::string read_golden(const std::string& name) {
    std::ostringstream out;
    out << std::ifstream(golden(name), std::ios::binary).rdbuf();
    return out.str();
  }
  bool exists(const std::string& name) const { return std::filesystem::exists(at(name)); }
  Json json(const std::string& text) const { return parse_json(text); }

 private:
  // Behind the line of the error every line is indented: a script can tell messages apart.
  static void expect_shape_of_message(const std::string& err) {
    std::istringstream lines(err.substr(err.find("cornu: error: ")));
    std::string line;
    std::getline(lines, line);
    while (std::getline(lines, line)) EXPECT_TRUE(line.empty() || line[0] == ' ') << err;
  }

  TemporaryFolder temporary_;
  std::string folder_ = temporary_.path();
};

}  // namespace cornu::tool
