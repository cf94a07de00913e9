// The one small hierarchy of exceptions. Each message says what came, what was expected, and the way out.
#pragma once

#include <stdexcept>
#include <string>

#include "cornu/core/text.h"

namespace cornu {

// Root of everything that Cornu throws.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// An argument, a shape or a configuration that cannot be used.
class ValueError : public Error {
 public:
  using Error::Error;
};

// A file that cannot be opened, is not what it says, or holds what Cornu does not accept.
class FileError : public Error {
 public:
  using Error::Error;
};

// Something that exists in Keras and is not (yet) in this build: the message names it and the nearest way.
class NotSupportedError : public Error {
 public:
  using Error::Error;
};

// An engine, a device or an optional part that is not there or cannot run this graph.
class EngineError : public Error {
 public:
  using Error::Error;
};

// A broken promise inside Cornu itself (a pass made a bad graph, say). Never caused by user input.
class InternalError : public Error {
 public:
  using Error::Error;
};

}  // namespace cornu
