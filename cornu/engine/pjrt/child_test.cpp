#include "cornu/engine/pjrt/child.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "cornu/core/error.h"
#include "cornu/engine/pjrt/pjrt_engine.h"

namespace cornu::pjrt {
namespace {

TEST(Child, GivesItsText) {
  const ChildAnswer answer = in_child([] { return std::string(100000, 'x'); });
  EXPECT_EQ(answer.text, std::string(100000, 'x'));
  EXPECT_EQ(answer.died, "");
}

TEST(Child, ItsErrorIsAnAnswer) {
  const ChildAnswer answer = in_child([]() -> std::string { throw EngineError("no device"); });
  EXPECT_EQ(answer.died, "no device");
}

TEST(Child, ItsEndIsAnAnswerToo) {
  const ChildAnswer killed = in_child([]() -> std::string {
    std::fputs("F0000 00:00:1.2    3 flags.cc:234] Unknown flag: --x\nmore\n", stderr);
    std::fflush(stderr);
    std::abort();
  });
  EXPECT_NE(killed.died.find("Aborted"), std::string::npos) << killed.died;
  EXPECT_NE(killed.died.find("its last words: Unknown flag: --x"), std::string::npos) << killed.died;
  const ChildAnswer left = in_child([]() -> std::string { _exit(9); });
  EXPECT_NE(left.died.find("with status 9"), std::string::npos) << left.died;
}

// Before anything else opens the plug-in here: it is asked in processes of its own.
TEST(Devices, AreListedOrSayWhyNot) {
  setenv("PJRT_NAMES_AND_LIBRARY_PATHS", "none:/no/such/plug-in.so", 1);
  const std::vector<DeviceInfo> all = pjrt_devices();
  unsetenv("PJRT_NAMES_AND_LIBRARY_PATHS");
  ASSERT_GE(all.size(), 2u);
  EXPECT_EQ(all[0].engine, "pjrt:/no/such/plug-in.so");
  EXPECT_NE(all[0].error.find("cannot load a plug-in"), std::string::npos) << all[0].error;
  EXPECT_EQ(all[1].error, "");
  EXPECT_EQ(all[1].platform, "cpu");
  EXPECT_NE(all[1].kind, "");
}

// XLA ends the process there.
TEST(Devices, AFlagThatXlaDoesNotKnowIsAnError) {
  const char* const before = std::getenv("XLA_FLAGS");
  const std::string kept = before ? before : "";
  setenv("XLA_FLAGS", "--xla_no_such_flag=1", 1);
  const std::vector<DeviceInfo> all = pjrt_devices();
  std::string message;
  try {
    pjrt_engine();
  } catch (const EngineError& error) {
    message = error.what();
  }
  before ? setenv("XLA_FLAGS", kept.c_str(), 1) : unsetenv("XLA_FLAGS");
  EXPECT_NE(all.at(0).error.find("xla_no_such_flag"), std::string::npos) << all[0].error;
  EXPECT_NE(message.find("with XLA_FLAGS=\"--xla_no_such_flag=1\""), std::string::npos) << message;
  EXPECT_NE(message.find("Unknown flag"), std::string::npos) << message;
}

}  // namespace
}  // namespace cornu::pjrt
