// Work in a child process, so that what ends a process does not end this one: plug-ins do so for a wrong flag in
// XLA_FLAGS, say.
#pragma once

#include <functional>
#include <string>

namespace cornu::pjrt {

struct ChildAnswer {
  std::string text;  // what the work gave
  std::string died;  // not "": the child ended otherwise, and this is how and what it said last
};

// The work may throw: the message is `died`, then. It gets five minutes.
ChildAnswer in_child(const std::function<std::string()>& work);

}  // namespace cornu::pjrt
