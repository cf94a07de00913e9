#include "cornu/engine/pjrt/program.h"

#include "cornu/core/error.h"
#include "cornu/engine/pjrt/program_cache.h"

namespace cornu::pjrt {
namespace {

PJRT_LoadedExecutable* compiled(const Plugin& plugin, const std::string& text, const std::string& options) {
  PJRT_Program program = {};
  program.struct_size = PJRT_Program_STRUCT_SIZE;
  // The interface has no const here; nobody writes to it.
  program.code = const_cast<char*>(text.data());
  program.code_size = text.size();
  program.format = "mlir";
  program.format_size = 4;
  CORNU_PJRT_ARGS(PJRT_Client_Compile, args);
  args.client = plugin.client();
  args.program = &program;
  args.compile_options = options.data();
  args.compile_options_size = options.size();
  plugin.api().call(&PJRT_Api::PJRT_Client_Compile, args, "compile a graph");
  return args.executable;
}

}  // namespace

// Field 3, the build options, has the number of replicas (field 4) and one partition (field 5). On a CPU there is also
// field 7, a flag of XLA's with the value false: a maximum with a NaN is a NaN, as everywhere else.
std::string compile_options(const std::string& platform, int replicas) {
  std::string number;  // a varint
  for (auto rest = static_cast<unsigned>(replicas); number.empty() || rest > 0; rest >>= 7)
    number += static_cast<char>((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
  std::string out = {0x1a, static_cast<char>(3 + number.size()), 0x20};
  out += number + std::string{0x28, 0x01};
  if (platform != "cpu") return out;
  const std::string flag = "xla_cpu_enable_fast_min_max";
  const std::string no = {0x12, 0x02, 0x10, 0x00};
  out += std::string{0x3a, static_cast<char>(2 + flag.size() + no.size()), 0x0a, static_cast<char>(flag.size())};
  return out + flag + no;
}

Program::Program(const Plugin& plugin, std::string text, const ProgramOptions& options)
    : plugin_(plugin), text_(std::move(text)) {
  if (static_cast<std::size_t>(options.replicas) > plugin.device_count())
    throw EngineError(cat("[pjrt] received: ", options.replicas, " replicas, for ", plugin.device_count(), " of ",
                          plugin.platform(), "\n  expected: at most a replica a device",
                          plugin.platform() == "cpu" ? "; CORNU_PJRT_CPU_DEVICES=N makes N of the processor" : ""));
  const std::string proto = compile_options(plugin.platform(), options.replicas);
  const ProgramCache cache = options.cached ? ProgramCache::of_user() : ProgramCache();
  const std::string key = cat(plugin.identity(), proto, "\n", text_);
  executable_ = cache.load(plugin, key);
  was_cached_ = executable_ != nullptr;
  if (was_cached_) return;
  executable_ = compiled(plugin, text_, proto);
  cache.store(plugin, key, executable_);
}

Program::~Program() {
  CORNU_PJRT_ARGS(PJRT_LoadedExecutable_Destroy, args);
  args.executable = executable_;
  plugin_.api().release(&PJRT_Api::PJRT_LoadedExecutable_Destroy, args);
}

std::vector<std::vector<Buffer>> Program::run(const std::vector<std::vector<PJRT_Buffer*>>& parameters,
                                              std::size_t outputs) const {
  std::vector<std::vector<PJRT_Buffer*>> results(parameters.size(), std::vector<PJRT_Buffer*>(outputs, nullptr));
  std::vector<PJRT_Buffer* const*> argument_lists;
  std::vector<PJRT_Buffer**> output_lists;
  for (std::size_t r = 0; r < parameters.size(); ++r) {
    argument_lists.push_back(parameters[r].data());
    output_lists.push_back(results[r].data());
  }
  PJRT_ExecuteOptions options = {};
  options.struct_size = PJRT_ExecuteOptions_STRUCT_SIZE;
  CORNU_PJRT_ARGS(PJRT_LoadedExecutable_Execute, args);
  args.executable = executable_;
  args.options = &options;
  args.argument_lists = argument_lists.data();
  args.num_devices = parameters.size();
  args.num_args = parameters[0].size();
  args.output_lists = output_lists.data();
  plugin_.api().call(&PJRT_Api::PJRT_LoadedExecutable_Execute, args, "run a program");
  std::vector<std::vector<Buffer>> out(parameters.size());
  for (std::size_t r = 0; r < results.size(); ++r)
    for (PJRT_Buffer* buffer : results[r]) out[r].emplace_back(plugin_, buffer);
  return out;
}

}  // namespace cornu::pjrt
