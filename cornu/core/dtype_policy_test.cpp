#include "cornu/core/dtype_policy.h"

#include <gtest/gtest.h>

#include "cornu/core/error.h"

namespace cornu {
namespace {

TEST(DTypePolicy, Names) {
  EXPECT_EQ(DTypePolicy::from_name("mixed_bfloat16"), (DTypePolicy{bfloat16, float32}));
  EXPECT_EQ(DTypePolicy::from_name("mixed_float16"), (DTypePolicy{float16, float32}));
  EXPECT_EQ(DTypePolicy::from_name("float64"), (DTypePolicy{float64, float64}));
  for (const char* name : {"float32", "float64", "bfloat16", "float16", "mixed_bfloat16", "mixed_float16"})
    EXPECT_EQ(DTypePolicy::from_name(name).name(), name);
  EXPECT_TRUE(DTypePolicy::from_name("mixed_float16").is_mixed());
  EXPECT_FALSE(DTypePolicy::from_name("float16").is_mixed());
}

TEST(DTypePolicy, OthersAreRefusedByName) {
  const auto message = [](const char* name) -> std::string {
    try {
      DTypePolicy::from_name(name, "layer \"a\": dtype");
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_THROW(DTypePolicy::from_name("mixed_int8"), ValueError);
  EXPECT_THROW(DTypePolicy::from_name("int32"), ValueError);
  EXPECT_THROW(DTypePolicy::from_name("int8_from_float32"), NotSupportedError);
  for (const char* part : {"layer \"a\": dtype", "\"half\"", "mixed_bfloat16"})
    EXPECT_NE(message("half").find(part), std::string::npos) << message("half");
}

TEST(DTypePolicy, TheGlobalOne) {
  EXPECT_EQ(config::dtype_policy().name(), "float32");
  config::set_dtype_policy("mixed_bfloat16");
  EXPECT_EQ(mixed_precision::global_policy().name(), "mixed_bfloat16");
  EXPECT_THROW(mixed_precision::set_global_policy("half"), ValueError);
  EXPECT_EQ(mixed_precision::dtype_policy().name(), "mixed_bfloat16");
  mixed_precision::set_dtype_policy("float32");
  EXPECT_EQ(config::dtype_policy(), DTypePolicy());
}

}  // namespace
}  // namespace cornu
