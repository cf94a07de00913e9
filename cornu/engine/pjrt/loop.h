// Training on the device: what the steps update stays there, and many steps are one program.
#pragma once

#include <optional>

#include "cornu/engine/engine.h"
#include "cornu/engine/pjrt/program.h"

namespace cornu::pjrt {

class PjrtLoop final : public Loop {
 public:
  // Of a graph to which passes have been applied.
  PjrtLoop(const Plugin& plugin, const ir::Graph& graph, const std::vector<std::size_t>& by_line, std::int64_t lines,
           const ProgramOptions& options);

  void set(std::size_t parameter, const void* data) override;
  void get(std::size_t parameter, void* data) const override;
  void output(std::size_t output, void* data) const override;
  void run(std::int64_t begin, std::int64_t end) override;

 private:
  // What a program takes and leaves, on one device.
  struct Replica {
    std::vector<std::optional<Buffer>> parameters, gathered;
  };

  const Plugin& plugin_;
  std::int64_t lines_;
  Program program_;
  std::vector<ir::Type> parameters_, outputs_;  // of one replica, with the lines
  std::vector<bool> by_line_;                   // of the parameters
  std::vector<int> updated_;                    // the parameter, of each output; -1: it is gathered
  std::vector<Replica> replicas_;
};

}  // namespace cornu::pjrt
