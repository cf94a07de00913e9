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
  Json devices = Json::array();
  for (const DeviceInfo& d : cornu::devices()) {
    Json device = {{"engine", d.engine}};
    if (d.error.empty()) {
      device["platform"] = d.platform;
      device["kind"] = d.kind;
      device["number"] = d.number;
      if (d.memory >= 0) device["memory"] = d.memory;
      if (d.memory_in_use >= 0) device["memory_in_use"] = d.memory_in_use;
    } else {
      device["error"] = d.error;
    }
    devices.push_back(device);
  }
  out["devices"] = devices;
  print(pretty(out));
}

}  // namespace

void add_devices(CLI::App& app, Action& action) {
  CLI::App* command =
      app.add_subcommand("devices", "prints engines, instruction set, threads, and the devices of plug-ins, as JSON");
  command->footer("CORNU_ENGINE, CORNU_CPU and CORNU_THREADS choose others.");
  command->callback([&action] { action = devices; });
}

}  // namespace cornu::tool
