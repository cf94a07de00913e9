#include "cornu/engine/pjrt/program.h"

namespace cornu::pjrt {
namespace {

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

}  // namespace

Program::Program(const Plugin& plugin, std::string text) : plugin_(plugin), text_(std::move(text)) {
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

Program::~Program() {
  CORNU_PJRT_ARGS(PJRT_LoadedExecutable_Destroy, args);
  args.executable = executable_;
  plugin_.api().release(&PJRT_Api::PJRT_LoadedExecutable_Destroy, args);
}

std::vector<Buffer> Program::run(const std::vector<PJRT_Buffer*>& parameters, std::size_t outputs) const {
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

}  // namespace cornu::pjrt
