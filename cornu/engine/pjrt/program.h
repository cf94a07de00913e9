// A compiled module.
#pragma once

#include <string>
#include <vector>

#include "cornu/engine/pjrt/buffer.h"

namespace cornu::pjrt {

class Program {
 public:
  // Compiles StableHLO text. Throws EngineError with the compiler's words.
  Program(const Plugin& plugin, std::string text);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  const std::string& text() const { return text_; }
  // Starts it; what it computes may be waited for. Parameters whose memory an output takes are gone afterwards.
  std::vector<Buffer> run(const std::vector<PJRT_Buffer*>& parameters, std::size_t outputs) const;

 private:
  const Plugin& plugin_;
  std::string text_;
  PJRT_LoadedExecutable* executable_ = nullptr;
};

}  // namespace cornu::pjrt
