// What `scan` says about single objects of a configuration.
#include "cornu/saving/scan.h"

#include <gtest/gtest.h>

#include "cornu/saving/test_files.h"

namespace cornu::saving {
namespace {

std::vector<Finding> findings(const std::string& text, bool legacy = false) {
  Scan scan;
  scan_config(parse_json(text), "c", legacy, scan);
  return scan.findings;
}

// The only finding, as "kind pattern".
std::string only(const std::string& text, bool legacy = false) {
  const std::vector<Finding> all = findings(text, legacy);
  if (all.size() != 1) return cat(all.size(), " findings");
  return cat(name_of(all[0].kind), " ", all[0].pattern);
}

TEST(Scan, EveryFormOfALambda) {
  EXPECT_EQ(only(R"({"class_name": "Lambda", "config": {"name": "l", "function": ["\u00e3", null, null]}})", true),
            "code CVE-2024-3660");
  EXPECT_EQ(only(R"({"class_name": "Lambda", "config": {"name": "l", "function": "4wEA"}})", true),
            "code CVE-2024-3660");
  // The layer, and the function in it, which may stand anywhere.
  EXPECT_EQ(findings(R"({"class_name": "Lambda", "config": {"function": {"class_name": "__lambda__",
      "config": {"code": "4wEA"}}}})",
                     true)[0]
                .pattern,
            "CVE-2025-9905");
  EXPECT_EQ(only(R"({"config": {"activation": {"class_name": "__lambda__", "config": {"code": "4wEA"}}}})"),
            "code CVE-2024-3660");
  EXPECT_EQ(only(R"({"class_name": "Custom>Lambda", "config": {"function": "f"}})"), "code CVE-2024-3660");
}

TEST(Scan, WhatIsHarmless) {
  for (const char* text :
       {R"({"module": "keras.layers", "class_name": "Dense", "config": {"name": "d"}, "registered_name": null})",
        R"({"module": "builtins", "class_name": "function", "config": "mse", "registered_name": "function"})",
        R"({"class_name": "Custom>Adam", "config": {"learning_rate": 0.001}})",
        R"({"class_name": "TFOpLambda", "config": {"name": "a", "function": "math.multiply"}})",
        R"({"class_name": "SlicingOpLambda", "config": {"name": "a", "function": "__operators__.getitem"}})",
        R"({"class_name": "StringLookup", "config": {"vocabulary": ["a/b", "/", "word"]}})",
        R"({"class_name": "Reshape", "config": {"name": "a/b/c", "target_shape": [1]}})"})
    EXPECT_TRUE(findings(text).empty()) << text << findings(text)[0].what;
}

TEST(Scan, ModulesAndFunctions) {
  EXPECT_EQ(only(R"({"module": "os", "class_name": "function", "config": "system", "registered_name": "x>y"})"),
            "import CVE-2025-1550");
  EXPECT_EQ(only(R"({"module": "builtins", "class_name": "function", "config": "exec"})"), "import CVE-2025-1550");
  EXPECT_EQ(only(R"({"module": "keras.src.utils.file_utils", "class_name": "function", "config": "get_file"})"),
            "import CVE-2025-8747");
  // A module that only begins like Keras's.
  EXPECT_EQ(only(R"({"module": "keras_evil.layers", "class_name": "Dense", "config": {}})"), "import CVE-2025-1550");
  EXPECT_EQ(only(R"({"class_name": "TFOpLambda", "config": {"name": "a", "function": "raw_ops.WriteFile"}})"),
            "import ");
}

TEST(Scan, PathsAndAddresses) {
  EXPECT_EQ(only(R"({"vocabulary": "words.txt"})"), "reference CVE-2025-12058");
  EXPECT_EQ(only(R"({"anything": "https://example.org/x"})"), "reference ");
  EXPECT_EQ(only(R"({"anything": "../../secret"})"), "reference ");
  EXPECT_EQ(only(R"({"anything": "C:\\secret"})"), "reference ");
  EXPECT_EQ(only(R"({"a": ["/etc/passwd"]})"), "reference ");
}

TEST(Scan, AMillionFindingsAreSomeHundred) {
  Json layers = Json::array();
  for (int i = 0; i < 5000; ++i) layers.push_back({{"class_name", "Lambda"}, {"config", {{"function", "f"}}}});
  EXPECT_EQ(findings(dump_json(layers)).size(), 1000u);
}

TEST(UnsafeMember, Names) {
  for (const char* name : {"../x", "a/../../x", "/x", "\\\\host\\x", "C:\\x", "a\\..\\x", ""})
    EXPECT_NE(unsafe_member({.name = name}), "") << name;
  for (const char* name : {"config.json", "assets/a..b/c", "ab:c/d", "model.weights.h5"})
    EXPECT_EQ(unsafe_member({.name = name}), "") << name;
  EXPECT_TRUE(is_zip_bomb({.name = "a", .size = 1 << 30, .stored = 1000}));
  EXPECT_TRUE(is_zip_bomb({.name = "a", .size = 2, .stored = 1, .is_stored = true}));
  EXPECT_FALSE(is_zip_bomb({.name = "a", .size = 1000, .stored = 10}));
}

}  // namespace
}  // namespace cornu::saving
