// cornu export: the sources compile, and judge the recorded sample as recorded; what ONNX files say is tested in
// tests/export.
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
