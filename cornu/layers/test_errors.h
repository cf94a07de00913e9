// For the tests of layers: what an error says.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "cornu/core/error.h"

namespace cornu::layers {

// The message of the E that `work` throws; fails when it throws none.
template <class E, class F>
std::string message_of(F&& work) {
  try {
    work();
  } catch (const E& error) {
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return "";
}

inline void expect_parts(const std::string& message, const std::vector<std::string>& parts) {
  for (const std::string& part : parts)
    EXPECT_NE(message.find(part), std::string::npos) << "\"" << part << "\" is not in:\n" << message;
}

}  // namespace cornu::layers
