// cornu export: the sources compile, and judge the recorded sample as recorded; what ONNX files say is tested in
// tests/export.
#include <fstream>
#include <map>
#include <sstream>

#include "tools/cornu/cli_test.h"

namespace cornu::tool {
namespace {

class Export : public CommandLine {
 protected:
  // Compiles the sources of this folder with their self-test as a program, and gives what it answers.
  int self_test(const std::string& folder, const std::string& name) const {
    write(folder + "/main.c", "#include \"" + name + ".h\"\nint main(void) { return " + name + "_self_test(); }\n");
    const std::string in = at(folder) + "/";
    const std::string command = "gcc -std=c99 -Wall -Wextra -Werror -pedantic -O1 " + in + "main.c " + in + name +
                                ".c -lm -o " + in + "main && " + in + "main";
    return std::system(command.c_str());
  }
};

TEST_F(Export, ModelsJudgeTheirSample) {
  for (const char* name : {"mlp_adam", "cnn_adam", "normalized"}) {
    SCOPED_TRACE(name);
    const Outcome outcome = done("export " + golden(std::string(name) + ".start.keras") + " --target c99 -o " + name +
                                 " --name m --report");
    EXPECT_NE(outcome.out.find("bytes of activations"), std::string::npos) << outcome.out;
    EXPECT_EQ(self_test(name, "m"), 0);
  }
}

// RAM belongs to the model, not to a chip or a compiler: what was measured on the chips (./dev proof targets) is what
// the header says here.
TEST_F(Export, MemoryIsWhatTheTableOfChipsSays) {
  std::map<std::string, std::string> measured;
  std::ifstream table(CORNU_ROOT "/tests/targets/table.txt");
  for (std::string line; std::getline(table, line);) {
    std::istringstream words(line);
    std::string target, program, instructions, flash, ram;
    if (words >> target >> program >> instructions >> flash >> ram && target == "cortex-m4") measured[program] = ram;
  }
  std::string sample;
  for (int i = 0; i < 784; ++i) sample += i % 3 ? ",0.5" : i ? ",0.25" : "1";
  write("sample.csv", sample + "\n");
  for (const std::string model : {"mlp", "cnn", "forms"})
    for (const std::string kind : {"float", "int8"}) {
      const std::string name = cat(model, "_", kind);
      SCOPED_TRACE(name);
      done(cat("export " CORNU_ROOT "/tests/data/fashion_mnist/", model, ".keras --target c99 -o out --name ", name,
               kind == "int8" ? " --int8 --calibrate sample.csv" : ""));
      std::ostringstream header;
      header << std::ifstream(at("out/" + name + ".h")).rdbuf();
      ASSERT_TRUE(measured.count(name));
      EXPECT_NE(header.str().find("_RAM_BYTES " + measured[name] + " "), std::string::npos) << header.str();
    }
}

TEST_F(Export, WordsThatCannotBeMeant) {
  const std::string model = golden("mlp_adam.start.keras");
  fails(2, "export " + model + " --target c99 -o out --int8", {"--calibrate"});
  fails(2, "export " + model + " --target c99 -o out --int8 --float32", {"--float32"});
  fails(1, "export " + model + " --target c99 -o out --name 2go", {"2go"});
  EXPECT_FALSE(exists("out"));
}

TEST_F(Export, OnnxIsOneFile) {
  const std::string model = golden("mlp_adam.start.keras");
  done("export " + model + " --target onnx -o out.onnx");
  const std::string bytes = read("out.onnx");
  EXPECT_EQ(bytes.substr(0, 9),
            "\x08\x08\x12\x05"
            "cornu");
  EXPECT_NE(bytes.find("dense/kernel"), std::string::npos);
  fails(2, "export " + model + " --target onnx -o out", {".onnx"});
  fails(2, "export " + model + " --target onnx -o out.onnx --int8 --calibrate x.npy", {"--target c99"});
}

}  // namespace
}  // namespace cornu::tool
