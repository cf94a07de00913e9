#include <gtest/gtest.h>

#include <cstdlib>

#include "cornu/core/error.h"
#include "cornu/engine/engine.h"

namespace cornu {
namespace {

// Sets CORNU_ENGINE for a scope, and puts back what was there: the tests themselves may run under one.
class WithEnvironment {
 public:
  explicit WithEnvironment(const char* value) {
    if (const char* before = std::getenv("CORNU_ENGINE")) before_ = before;
    set(value);
  }
  ~WithEnvironment() { set(before_.empty() ? nullptr : before_.c_str()); }

 private:
  static void set(const char* value) { value ? setenv("CORNU_ENGINE", value, 1) : unsetenv("CORNU_ENGINE"); }
  std::string before_;
};

std::string message_of(std::string_view name) {
  try {
    engine(name);
  } catch (const EngineError& error) {
    return error.what();
  }
  return "nothing thrown";
}

TEST(Engines, HaveTheNamesTheyAreListedUnder) {
  for (const std::string& name : engine_names()) EXPECT_EQ(engine(name).name(), name);
}

TEST(Engines, TheFirstIsTheDefault) {
  const WithEnvironment none(nullptr);
  EXPECT_EQ(engine().name(), engine_names().front());
}

TEST(Engines, TheEnvironmentChoosesTheDefault) {
  const WithEnvironment reference("reference");
  EXPECT_EQ(engine().name(), "reference");
}

TEST(Engines, AnUnknownNameIsRefused) {
  const std::string message = message_of("referense");
  EXPECT_NE(message.find("[engine] received: \"referense\"\n  expected: an engine of this build: "), std::string::npos)
      << message;
  EXPECT_NE(message.find("did you mean \"reference\"?"), std::string::npos) << message;
  const WithEnvironment bad("gpu");
  EXPECT_NE(message_of("").find("from the environment variable CORNU_ENGINE"), std::string::npos);
}

}  // namespace
}  // namespace cornu
