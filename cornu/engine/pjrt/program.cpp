#include "cornu/engine/pjrt/program.h"

#include "cornu/core/error.h"
#include "cornu/engine/pjrt/program_cache.h"

namespace cornu::pjrt {
namespace {

PJRT_LoadedExecutable* compiled(const Plugin& plugin, const std::string& text, const std::string& options) {
  PJRT_Program program = text_program(text);
  CORNU_PJRT_ARGS(PJRT_Client_Compile, args);
  args.client = plugin.client();
  args.program = &program;
  args.compile_options = options.data();
  args.compile_options_size = options.size();
  plugin.api().call(&PJRT_Api::PJRT_Client_Compile, args, "compile a graph");
  return args.executable;
}

// The three forms of protobuf's wire format that are needed.
std::string varint(std::uint64_t value) {
  std::string out;
  for (; value > 0x7f; value >>= 7) out += static_cast<char>((value & 0x7f) | 0x80);
  return out + static_cast<char>(value);
}
std::string number_field(int field, std::uint64_t value) {
  return varint(static_cast<std::uint64_t>(field) << 3) + varint(value);
}
std::string text_field(int field, const std::string& bytes) {
  return varint(static_cast<std::uint64_t>(field) << 3 | 2) + varint(bytes.size()) + bytes;
}

}  // namespace

PJRT_Program text_program(const std::string& text) {
  PJRT_Program out = {};
  out.struct_size = PJRT_Program_STRUCT_SIZE;
  // The interface has no const here; nobody writes to it.
  out.code = const_cast<char*>(text.data());
  out.code_size = text.size();
  out.format = "mlir";
  out.format_size = 4;
  return out;
}

// Field 3, the build options, has the number of replicas (field 4), one partition (field 5), and, where they are given,
// the replicas' devices (field 9: the number of replicas and of partitions, then the ids). On a CPU there is also field
// 7, a flag of XLA's with the value false: a maximum with a NaN is a NaN, as everywhere else.
std::string compile_options(const std::string& platform, int replicas, const std::vector<std::int64_t>& devices) {
  const auto count = static_cast<std::uint64_t>(replicas);
  std::string build = number_field(4, count) + number_field(5, 1);
  if (!devices.empty()) {
    std::string ids;
    for (const std::int64_t id : devices) ids += varint(static_cast<std::uint64_t>(id));
    build += text_field(9, number_field(1, count) + number_field(2, 1) + text_field(3, text_field(1, ids)));
  }
  const std::string out = text_field(3, build);
  if (platform != "cpu") return out;
  return out + text_field(7, text_field(1, "xla_cpu_enable_fast_min_max") + text_field(2, number_field(2, 0)));
}

Program::Program(const Plugin& plugin, std::string text, const ProgramOptions& options)
    : plugin_(plugin), text_(std::move(text)) {
  if (static_cast<std::size_t>(options.replicas) > plugin.device_count())
    throw EngineError(cat("[pjrt] received: ", options.replicas, " replicas, for ", plugin.device_count(), " of ",
                          plugin.platform(), "\n  expected: at most a replica a device",
                          plugin.platform() == "cpu" ? "; CORNU_PJRT_CPU_DEVICES=N makes N of the processor" : ""));
  const std::string proto = compile_options(plugin.platform(), options.replicas * options.processes,
                                            plugin.replica_ids(options.replicas, options.processes));
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
