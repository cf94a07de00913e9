// Every published attack on Keras's loader, and some others (tests/data/attacks): named by `scan`, and refused by what
// loads a model, with words that say what it is.
#include "tools/cornu/cli_test.h"

namespace cornu::tool {
namespace {

class Attacks : public CommandLine {
 protected:
  static std::string attack(const std::string& name) { return CORNU_ROOT "/tests/data/attacks/" + name; }
  static Json expected() {
    std::ostringstream text;
    text << std::ifstream(attack("expected.json")).rdbuf();
    return parse_json(text.str());
  }
  static bool has_finding(const Json& scan, const Json& kind, const Json& pattern) {
    for (const Json& finding : scan["findings"])
      if (finding["kind"] == kind && (pattern.is_null() || finding["pattern"] == pattern)) return true;
    return false;
  }
};

TEST_F(Attacks, AreNamedByScan) {
  const Json all = expected();
  for (const auto& [name, what] : all.items()) {
    const Outcome outcome = cornu("scan --json " + attack(name));
    EXPECT_EQ(outcome.status, 1) << name << outcome.out << outcome.err;
    EXPECT_NE(outcome.err.find("is not to be trusted"), std::string::npos) << name;
    const Json scan = json(outcome.out);
    EXPECT_EQ(scan["clean"], false) << name;
    EXPECT_TRUE(has_finding(scan, what["kind"], what["pattern"])) << name << "\n" << outcome.out;
    EXPECT_EQ(cornu("scan " + attack(name)).status, 1) << name;
  }
}

TEST_F(Attacks, AreRefusedByWhatLoads) {
  const Json all = expected();
  for (const auto& [name, what] : all.items()) {
    std::vector<std::string> words;
    for (const Json& word : what["refused"]) words.push_back(word.get<std::string>());
    fails(1, "summary " + attack(name), words);
  }
}

TEST_F(Attacks, HonestFilesAreClean) {
  for (const char* name :
       {"keras-3.15.1-mlp_momentum/model.keras", "keras-3.15.1-mlp_momentum/model.h5", "keras-2.0.4-mlp_adam/model.h5",
        "keras-1.2.2-mlp_adam/model.h5", "tf_keras-2.21.0-mlp_adam/model.keras", "tfkeras-2.4.4-nested/model.h5"}) {
    const Outcome outcome = done(cat("scan --json " CORNU_ROOT "/tests/data/generations/", name));
    EXPECT_EQ(json(outcome.out)["findings"], Json::array()) << name << outcome.out;
  }
  EXPECT_NE(done("scan " + golden("model_mlp.json")).out.find("nothing found"), std::string::npos);
}

TEST_F(Attacks, AGroupInsideOfItselfEnds) {
  EXPECT_EQ(cornu("scan " + attack("hard-link-cycle.h5")).status, 0);
  fails(1, "summary " + attack("hard-link-cycle.h5"), {"expected a dataset"});
}

TEST_F(Attacks, WhatCannotBeScannedIsNotClean) {
  write("foreign.bin", "something else");
  EXPECT_EQ(cornu("scan foreign.bin").status, 1);
  EXPECT_NE(cornu("scan foreign.bin").out.find("nothing can be said about it"), std::string::npos);
  fails(1, "scan none.keras", {"none.keras", "No such file"});
  fails(2, "scan", {"FILE"});
  write("empty.json", "{\"a\": ");
  EXPECT_NE(cornu("scan empty.json").out.find("damage"), std::string::npos);
}

// A terminal must not obey what a file calls its layers.
TEST_F(Attacks, NamesFromTheFileArePrintedHarmlessly) {
  write("esc.json", R"({"class_name": "Sequential", "config": {"name": "s", "layers": [{"class_name": "Lambda",
      "config": {"name": "\u001b[2Jx\nclean", "function": "f"}}]}})");
  const Outcome outcome = cornu("scan esc.json");
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.out.find('\x1b'), std::string::npos) << outcome.out;
  EXPECT_EQ(outcome.out.find("\nclean"), std::string::npos) << outcome.out;
}

}  // namespace
}  // namespace cornu::tool
