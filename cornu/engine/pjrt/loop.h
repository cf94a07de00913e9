// Training on the device: what the steps update stays there, and many steps are one program.
#pragma once

#include <optional>

#include "cornu/engine/engine.h"
#include "cornu/engine/pjrt/program.h"

namespace cornu::pjrt {

class PjrtLoop final : public Loop {
 public:
  // Of a graph to which passes have been applied.
  PjrtLoop(const Plugin& plugin, const ir::Graph& graph, std::size_t line, std::int64_t lines);

  void set(std::size_t parameter, const void* data) override;
  void get(std::size_t parameter, void* data) const override;
  void run(std::int64_t begin, std::int64_t end) override;

 private:
  const Plugin& plugin_;
  Program program_;
  std::vector<ir::Type> types_;                // of the parameters
  std::vector<std::size_t> updated_;           // by each output
  std::vector<std::optional<Buffer>> values_;  // of the parameters
};

}  // namespace cornu::pjrt
