#include "cornu/engine/cpu/kernels/target.h"

#include <gtest/gtest.h>

#include <string>

#include "cornu/core/error.h"
#include "cornu/engine/cpu/kernels/kernels.h"

namespace cornu::cpu {
namespace {

TEST(Target, EachAvailableOneIsComplete) {
  ASSERT_FALSE(available_targets().empty());
  for (const Target target : available_targets()) {
    const Kernels& k = kernels_for(target);
    EXPECT_EQ(target, k.target);
    EXPECT_EQ(target, choose_target(name_of(target)));
    ASSERT_NE(nullptr, k.gemm.run);
    for (const auto kernel : k.elementwise.unary) ASSERT_NE(nullptr, kernel);
    for (const auto& forms : k.elementwise.ternary) {
      for (const auto kernel : forms) ASSERT_NE(nullptr, kernel);
    }
  }
}

TEST(Target, TheBestComesFirst) { EXPECT_EQ(available_targets().front(), choose_target("")); }

TEST(Target, AnUnknownNameIsAnErrorThatHelps) {
  try {
    choose_target("avx1024");
    FAIL();
  } catch (const EngineError& error) {
    const std::string text = error.what();
    EXPECT_NE(std::string::npos, text.find("avx1024"));
    EXPECT_NE(std::string::npos, text.find(name_of(available_targets().back())));
  }
}

TEST(Target, TheChosenOneHasAName) { EXPECT_EQ(name_of(kernels().target), cpu_target_name()); }

}  // namespace
}  // namespace cornu::cpu
