#include "cornu/engine/pjrt/pjrt_engine.h"

#include <map>
#include <mutex>

#include "cornu/core/error.h"
#include "cornu/engine/pjrt/buffer.h"
#include "cornu/passes/pass.h"
#include "cornu/stablehlo/stablehlo.h"

namespace cornu {
namespace {

using pjrt::Buffer;
using pjrt::Plugin;

// A serialized CompileOptionsProto: field 3, the build options, with one replica (field 4) and one partition (field 5);
// on a CPU also field 7, a flag of XLA's with the value false: a maximum with a NaN is a NaN, as everywhere else.
std::string compile_options(const Plugin& plugin) {
  std::string out = {0x1a, 0x04, 0x20, 0x01, 0x28, 0x01};
  if (plugin.platform() != "cpu") return out;
  const std::string flag = "xla_cpu_enable_fast_min_max";
  const std::string no = {0x12, 0x02, 0x10, 0x00};
  out += std::string{0x3a, static_cast<char>(2 + flag.size() + no.size()), 0x0a, static_cast<char>(flag.size())};
  return out + flag + no;
}

class Program {
 public:
  Program(const Plugin& plugin, std::string text) : plugin_(plugin), text_(std::move(text)) {
    PJRT_Program program = {};
    program.struct_size = PJRT_Program_STRUCT_SIZE;
    program.code = text_.data();
    program.code_size = text_.size();
    program.format = "mlir";
    program.format_size = 4;
    const std::string options = compile_options(plugin);
    CORNU_PJRT_ARGS(PJRT_Client_Compile, args);
    args.client = plugin.client();
    args.program = &program;
    args.compile_options = options.data();
    args.compile_options_size = options.size();
    plugin.api().call(&PJRT_Api::PJRT_Client_Compile, args, "compile a graph");
    executable_ = args.executable;
  }
  ~Program() {
    CORNU_PJRT_ARGS(PJRT_LoadedExecutable_Destroy, args);
    args.executable = executable_;
    plugin_.api().release(&PJRT_Api::PJRT_LoadedExecutable_Destroy, args);
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  const std::string& text() const { return text_; }

  // Starts it; what it computes may be waited for. Parameters whose memory an output takes are gone afterwards.
  std::vector<Buffer> run(const std::vector<PJRT_Buffer*>& parameters, std::size_t outputs) const {
    std::vector<PJRT_Buffer*> results(outputs, nullptr);
    PJRT_ExecuteOptions options = {};
    options.struct_size = PJRT_ExecuteOptions_STRUCT_SIZE;
    PJRT_Buffer* const* const argument_list = parameters.data();
    PJRT_Buffer** const output_list = results.data();
    CORNU_PJRT_ARGS(PJRT_LoadedExecutable_Execute, args);
    args.executable = executable_;
    args.options = &options;
    args.argument_lists = &argument_list;
    args.num_devices = 1;
    args.num_args = parameters.size();
    args.output_lists = &output_list;
    plugin_.api().call(&PJRT_Api::PJRT_LoadedExecutable_Execute, args, "run a program");
    std::vector<Buffer> out;
    for (PJRT_Buffer* buffer : results) out.emplace_back(plugin_, buffer);
    return out;
  }

 private:
  const Plugin& plugin_;
  std::string text_;
  PJRT_LoadedExecutable* executable_ = nullptr;
};

class PjrtExecutable : public Executable {
 public:
  PjrtExecutable(const Plugin& plugin, const ir::Graph& graph)
      : plugin_(plugin), program_(plugin, stablehlo::print_module(graph)) {
    for (const ir::ValueId v : graph.parameters()) parameters_.push_back(graph.type(v));
    for (const ir::ValueId v : graph.outputs()) outputs_.push_back(graph.type(v));
  }

  std::size_t workspace_bytes() const override { return 0; }
  void run(std::span<const void* const> parameters, std::span<void* const> outputs, void*, const void*) const override {
    std::vector<Buffer> in;
    std::vector<PJRT_Buffer*> arguments;
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
      in.push_back(Buffer::from_host(plugin_, parameters[i], parameters_[i]));
      arguments.push_back(in.back().get());
    }
    const std::vector<Buffer> out = program_.run(arguments, outputs_.size());
    for (std::size_t i = 0; i < outputs_.size(); ++i) out[i].to_host(outputs[i], outputs_[i].bytes());
  }
  std::string describe() const override { return program_.text(); }

 private:
  const Plugin& plugin_;
  Program program_;
  std::vector<ir::Type> parameters_, outputs_;
};

class PjrtEngine : public Engine {
 public:
  explicit PjrtEngine(const Plugin& plugin) : plugin_(plugin) {}
  std::string_view name() const override { return "pjrt"; }
  std::unique_ptr<Executable> compile(ir::Graph graph, const CompileOptions& options) const override {
    // XLA fuses by itself.
    passes::PipelineOptions pipeline{.disabled = options.disabled_passes};
    for (const char* fusion : {"fold_scale", "fuse_dot", "fuse_rows"}) pipeline.disabled.emplace_back(fusion);
    graph = passes::run_pipeline(std::move(graph), pipeline);
    return std::make_unique<PjrtExecutable>(plugin_, graph);
  }

 private:
  const Plugin& plugin_;
};

}  // namespace

const Engine& pjrt_engine(std::string_view plugin) {
  static std::mutex mutex;
  static std::map<const Plugin*, PjrtEngine> engines;
  const Plugin& loaded = Plugin::get(plugin);
  const std::lock_guard lock(mutex);
  return engines.try_emplace(&loaded, loaded).first->second;
}

}  // namespace cornu
