// cornu devices: what this process would compute with.
#include "cornu/engine/cpu/kernels/kernels.h"
#include "cornu/engine/cpu/kernels/thread_pool.h"
#include "cornu/engine/engine.h"
#include "tools/cornu/command.h"
#include "tools/cornu/output.h"

namespace cornu::tool {
namespace {

void devices() {
  const std::string_view chosen = engine().name();
  Json out = Json::object();
  out["engine"] = chosen;
  out["engines"] = engine_names();
  out["cpu_target"] = cpu::cpu_target_name();
  Json targets = Json::array();
  for (const cpu::Target target : cpu::available_targets()) targets.push_back(cpu::name_of(target));
  out["cpu_targets"] = targets;
  out["threads"] = cpu::default_threads();
  print(pretty(out));
}

}  // namespace

void add_devices(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("devices", "prints engines, instruction set and threads, as JSON");
  command->footer("CORNU_ENGINE, CORNU_CPU and CORNU_THREADS choose others.");
  command->callback([&action] { action = devices; });
}

}  // namespace cornu::tool
