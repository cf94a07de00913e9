#include "cornu/engine/reference/reference.h"

#include "cornu/engine/number_replica.h"
#include "cornu/engine/reference/program.h"

namespace cornu {
namespace {

class ReferenceExecutable final : public Executable {
 public:
  ReferenceExecutable(ir::Graph graph, Communicator* communicator) : program_(std::move(graph), communicator) {}

  std::size_t workspace_bytes() const override { return program_.bytes(); }
  using Executable::run;
  void run(std::span<const void* const> parameters, std::span<void* const> outputs, void* workspace,
           const void*) const override {
    program_.run(parameters, outputs, static_cast<std::byte*>(workspace));
  }
  std::string describe() const override { return ir::print(program_.graph()); }

 private:
  reference::Program program_;
};

class ReferenceEngine final : public Engine {
 public:
  std::string_view name() const override { return "reference"; }
  std::unique_ptr<Executable> compile(ir::Graph graph, const CompileOptions& options) const override {
    ir::verify(graph, "the builder");
    return std::make_unique<ReferenceExecutable>(number_replica(std::move(graph), options.communicator),
                                                 options.communicator);
  }
};

}  // namespace

const Engine& reference_engine() {
  static const ReferenceEngine engine;
  return engine;
}

}  // namespace cornu
