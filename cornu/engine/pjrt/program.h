// A compiled module.
#pragma once

#include <string>
#include <vector>

#include "cornu/engine/pjrt/buffer.h"

namespace cornu::pjrt {

struct ProgramOptions {
  // Devices 0, 1, ... of each of so many processes run it together.
  int replicas = 1, processes = 1;
  // Whether the program may come from the disk, and go there (program_cache.h).
  bool cached = true;
};

class Program {
 public:
  // Compiles StableHLO text. Throws EngineError with the compiler's words, or when there are fewer devices.
  Program(const Plugin& plugin, std::string text, const ProgramOptions& options = {});
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  const std::string& text() const { return text_; }
  // Whether it was on the disk.
  bool was_cached() const { return was_cached_; }
  // Starts it; what it computes may be waited for. One list a replica, of parameters and of what comes back. Parameters
  // whose memory an output takes are gone afterwards.
  std::vector<std::vector<Buffer>> run(const std::vector<std::vector<PJRT_Buffer*>>& parameters,
                                       std::size_t outputs) const;

 private:
  const Plugin& plugin_;
  std::string text_;
  bool was_cached_ = false;
  PJRT_LoadedExecutable* executable_ = nullptr;
};

// StableHLO text as the compilers of plug-ins take it; the text stays where it is.
PJRT_Program text_program(const std::string& text);
// A serialized CompileOptionsProto, as compilers of plug-ins for this platform take it. With `devices`, each replica's
// is given by its id; without, they are the client's first.
std::string compile_options(const std::string& platform, int replicas, const std::vector<std::int64_t>& devices = {});

}  // namespace cornu::pjrt
