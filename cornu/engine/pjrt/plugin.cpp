#include "cornu/engine/pjrt/plugin.h"

#include <dlfcn.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "cornu/core/error.h"
#include "cornu/core/json.h"
#include "cornu/engine/pjrt/child.h"
#include "cornu/engine/pjrt/process_options.h"
#include "cornu/engine/pjrt/program.h"

namespace cornu::pjrt {
namespace {

// Cards, by the name of their plug-in: they take options that others refuse.
bool is_for_gpus(const std::string& path) {
  return path.find("cuda") != std::string::npos || path.find("gpu") != std::string::npos ||
         path.find("rocm") != std::string::npos;
}

// How many devices a plug-in for CPUs shall make of this machine.
std::int64_t cpu_devices() {
  const char* const text = std::getenv("CORNU_PJRT_CPU_DEVICES");
  if (text == nullptr || *text == '\0') return 1;
  char* end = nullptr;
  const long count = std::strtol(text, &end, 10);
  if (*end != '\0' || count < 1 || count > 256)
    throw EngineError(cat("[pjrt] received: \"", text, "\" from the environment variable CORNU_PJRT_CPU_DEVICES",
                          "\n  expected: how many devices a plug-in for CPUs makes, 1 to 256"));
  return count;
}

// Of the machine: programs for CPUs are made for the instructions that it has.
std::string processor() {
  std::ifstream file("/proc/cpuinfo");
  std::string out;
  for (std::string line; std::getline(file, line) && !line.empty();)
    if (starts_with(line, "model name") || starts_with(line, "flags") || starts_with(line, "Features")) out += line;
  return out;
}

std::mutex& mutex() {
  static std::mutex one;
  return one;
}
// By path; under the mutex.
std::map<std::string, std::unique_ptr<const Plugin>>& plugins() {
  static std::map<std::string, std::unique_ptr<const Plugin>> all;
  return all;
}

std::string chosen(std::string_view path) {
  if (!path.empty()) return std::string(path);
  if (const char* environment = std::getenv("CORNU_PJRT_PLUGIN"); environment != nullptr && *environment != '\0')
    return environment;
  return CORNU_PJRT_DEFAULT_PLUGIN;
}

}  // namespace

const PJRT_Api* load_plugin(const std::string& path) {
  void* const library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr)
    throw EngineError(cat("[pjrt] cannot load a plug-in\n  received: ", path, "\n  the loader says: ", dlerror(),
                          "\n  expected: a PJRT plug-in, by --engine pjrt:PATH or the environment variable "
                          "CORNU_PJRT_PLUGIN"));
  const auto get = reinterpret_cast<const PJRT_Api* (*)()>(dlsym(library, "GetPjrtApi"));
  const PJRT_Api* const api = get == nullptr ? nullptr : get();
  if (api == nullptr)
    throw EngineError(cat("[pjrt] this is no PJRT plug-in\n  received: ", path,
                          "\n  expected: a library with the function GetPjrtApi"));
  if (api->pjrt_api_version.major_version != PJRT_API_MAJOR)
    throw EngineError(cat("[pjrt] this plug-in speaks another version of PJRT\n  received: ", path, ", version ",
                          api->pjrt_api_version.major_version, ".", api->pjrt_api_version.minor_version,
                          "\n  expected: version ", PJRT_API_MAJOR, ".x"));
  return api;
}

const Plugin& Plugin::get(std::string_view path) {
  const std::lock_guard lock(mutex());
  const std::string file = chosen(path);
  std::unique_ptr<const Plugin>& plugin = plugins()[file];
  if (plugin) return *plugin;
  if (const char* flags = std::getenv("XLA_FLAGS"); flags != nullptr && *flags != '\0') {
    // A flag that XLA does not know ends the process.
    const ChildAnswer answer = in_child([&] {
      const Plugin tried(file);
      const Program nothing(tried, "module @try { func.func public @main() { return } }", {.cached = false});
      return std::string();
    });
    if (!answer.died.empty())
      throw EngineError(cat("[pjrt] cannot use a plug-in\n  received: ", file, ", with XLA_FLAGS=\"", flags, "\"\n  ",
                            answer.died, "\n  expected: flags that this plug-in knows, or none"));
  }
  plugin.reset(new Plugin(file, process_group()));
  return *plugin;
}

std::vector<std::string> Plugin::found() {
  std::vector<std::string> out;
  const auto add = [&out](const std::string& path) {
    if (!path.empty() && std::find(out.begin(), out.end(), path) == out.end()) out.push_back(path);
  };
  if (const char* own = std::getenv("CORNU_PJRT_PLUGIN")) add(own);
  // "cuda:/path/of/a.so,..."
  if (const char* named = std::getenv("PJRT_NAMES_AND_LIBRARY_PATHS"))
    for (const std::string& one : split(named, ','))
      if (const std::size_t colon = one.find(':'); colon != std::string::npos) add(one.substr(colon + 1));
  std::error_code none;
  if (std::filesystem::exists(CORNU_PJRT_DEFAULT_PLUGIN, none)) add(CORNU_PJRT_DEFAULT_PLUGIN);
  return out;
}

std::vector<DeviceInfo> Plugin::describe(const std::string& path) {
  const std::string engine = cat("pjrt:", path);
  const auto failed = [&engine](const std::string& why) {
    DeviceInfo out;
    out.engine = engine;
    out.error = why;
    return std::vector<DeviceInfo>{out};
  };
  // One that is open here has threads, which no child has.
  const std::lock_guard lock(mutex());
  const auto open = plugins().find(path);
  const ChildAnswer answer = open != plugins().end() && open->second
                                 ? ChildAnswer{open->second->described(), ""}
                                 : in_child([&path] { return Plugin(path).described(); });
  if (!answer.died.empty()) return failed(answer.died);
  std::vector<DeviceInfo> out;
  for (const Json& device : parse_json(answer.text, path)) {
    DeviceInfo info;
    info.engine = engine;
    info.platform = device.at("platform").get<std::string>();
    info.kind = device.at("kind").get<std::string>();
    info.number = device.at("number").get<int>();
    info.memory = device.at("memory").get<std::int64_t>();
    info.memory_in_use = device.at("memory_in_use").get<std::int64_t>();
    out.push_back(info);
  }
  return out;
}

std::string Plugin::described() const {
  Json out = Json::array();
  for (std::size_t d = 0; d < devices_.size(); ++d)
    out.push_back({{"platform", platform_},
                   {"kind", device_kind(d)},
                   {"number", static_cast<int>(d)},
                   {"memory", memory(d).limit},
                   {"memory_in_use", memory(d).in_use}});
  return dump_json(out);
}

Plugin::Plugin(const std::string& path, const std::shared_ptr<ProcessGroup>& group) : path_(path), api_(nullptr) {
  if (group && group->size() > 1 && is_for_gpus(path)) {
    group_ = group;
  }
  // XLA's log is for its developers; what goes wrong comes back as an error.
  setenv("TF_CPP_MIN_LOG_LEVEL", "2", 0);
  api_ = Api(load_plugin(path));
  CORNU_PJRT_ARGS(PJRT_Plugin_Initialize, initialize);
  api_.call(&PJRT_Api::PJRT_Plugin_Initialize, initialize, "initialize a plug-in");
  create_client();
  list_devices();
  identify();
}

Plugin::Plugin(OneThread, const Plugin& all_threads)
    : path_(all_threads.path_), one_thread_(true), api_(all_threads.api_) {
  // XLA asks nobody else how many threads a client for CPUs has.
  struct OneProcessor {
    OneProcessor() { setenv("NPROC", "1", 1); }
    ~OneProcessor() { unsetenv("NPROC"); }
  };
  {
    const OneProcessor while_it_opens;
    create_client();
  }
  list_devices();
  identify();
}

const Plugin& Plugin::with_one_thread() const {
  if (one_thread_ || platform_ != "cpu" || devices_.size() > 1 || processes() > 1) return *this;
  const std::lock_guard lock(mutex());
  if (with_one_thread_) return *with_one_thread_;
  if (std::getenv("NPROC") != nullptr) return *this;
  with_one_thread_.reset(new Plugin(OneThread(), *this));
  return *with_one_thread_;
}

void Plugin::list_devices() {
  CORNU_PJRT_ARGS(PJRT_Client_AddressableDevices, devices);
  devices.client = client_;
  api_.call(&PJRT_Api::PJRT_Client_AddressableDevices, devices, "list devices");
  devices_.assign(devices.addressable_devices, devices.addressable_devices + devices.num_addressable_devices);
  if (devices_.empty())
    throw EngineError(cat("[pjrt] the plug-in has no device here\n  received: ", path_,
                          "\n  expected: a machine with such a device, or another plug-in"));
}

void Plugin::create_client() {
  const auto create = [this](std::vector<PJRT_NamedValue> options) {
    CORNU_PJRT_ARGS(PJRT_Client_Create, args);
    std::optional<ProcessOptions> of_processes;
    if (group_) of_processes.emplace(*group_).add(options, args);
    args.create_options = options.data();
    args.num_options = options.size();
    api_.call(&PJRT_Api::PJRT_Client_Create, args, "open the devices of a plug-in");
    return args.client;
  };
  if (is_for_gpus(path_)) {
    // Else three quarters of a card's memory are taken at once: others may want it, too.
    PJRT_NamedValue preallocate = named_value("preallocate", PJRT_NamedValue_kBool);
    preallocate.bool_value = false;
    client_ = create({preallocate});
  } else {
    // XLA's own for CPUs makes four devices unless told otherwise, each with threads that wait by turning round: on one
    // or two cores, a step takes half as long again.
    PJRT_NamedValue devices = named_value("cpu_device_count", PJRT_NamedValue_kInt64);
    devices.int64_value = cpu_devices();
    try {
      client_ = create({devices});
    } catch (const EngineError&) {
      client_ = create({});  // not one for CPUs
    }
  }
  CORNU_PJRT_ARGS(PJRT_Client_PlatformName, name);
  name.client = client_;
  api_.call(&PJRT_Api::PJRT_Client_PlatformName, name, "name the platform");
  platform_.assign(name.platform_name, name.platform_name_size);
}

void Plugin::identify() {
  std::error_code none;
  const char* const flags = std::getenv("XLA_FLAGS");
  identity_ = cat(platform_, "\n", device_kind(), "\n", devices_.size(), " devices in each of ", processes(),
                  " processes\n", flags ? flags : "", "\n", std::filesystem::file_size(path_, none), " bytes of ",
                  std::filesystem::last_write_time(path_, none).time_since_epoch().count(), "\nPJRT ",
                  api_.get()->pjrt_api_version.major_version, ".", api_.get()->pjrt_api_version.minor_version, "\n",
                  platform_ == "cpu" ? processor() : "", "\n", one_thread_ ? "one thread\n" : "");
}

std::vector<std::int64_t> Plugin::replica_ids(int replicas, int processes) const {
  if (!group_) return {};
  CORNU_PJRT_ARGS(PJRT_Client_Devices, all);
  all.client = client_;
  api_.call(&PJRT_Api::PJRT_Client_Devices, all, "list the devices of all processes");
  std::map<int, std::vector<std::int64_t>> by_process;
  for (std::size_t d = 0; d < all.num_devices; ++d) {
    CORNU_PJRT_ARGS(PJRT_Device_GetDescription, description);
    description.device = all.devices[d];
    api_.call(&PJRT_Api::PJRT_Device_GetDescription, description, "describe a device");
    CORNU_PJRT_ARGS(PJRT_DeviceDescription_ProcessIndex, process);
    process.device_description = description.device_description;
    api_.call(&PJRT_Api::PJRT_DeviceDescription_ProcessIndex, process, "ask for the process of a device");
    CORNU_PJRT_ARGS(PJRT_DeviceDescription_Id, id);
    id.device_description = description.device_description;
    api_.call(&PJRT_Api::PJRT_DeviceDescription_Id, id, "ask for the id of a device");
    by_process[process.process_index].push_back(id.id);
  }
  std::vector<std::int64_t> out;
  for (const auto& [process, ids] : by_process) {
    if (processes == 1 && process != group_->rank()) continue;
    if (ids.size() < static_cast<std::size_t>(replicas))
      throw EngineError(cat("[pjrt] received: ", replicas, " devices in each process, and process ", process, " has ",
                            ids.size(), "\n  expected: as many in each"));
    out.insert(out.end(), ids.begin(), ids.begin() + replicas);
  }
  return out;
}

std::string Plugin::device_kind(std::size_t number) const {
  CORNU_PJRT_ARGS(PJRT_Device_GetDescription, description);
  description.device = device(number);
  api_.call(&PJRT_Api::PJRT_Device_GetDescription, description, "describe a device");
  CORNU_PJRT_ARGS(PJRT_DeviceDescription_Kind, kind);
  kind.device_description = description.device_description;
  api_.call(&PJRT_Api::PJRT_DeviceDescription_Kind, kind, "describe a device");
  return {kind.device_kind, kind.device_kind_size};
}

Plugin::Memory Plugin::memory(std::size_t number) const {
  CORNU_PJRT_ARGS(PJRT_Device_MemoryStats, stats);
  stats.device = device(number);
  try {
    api_.call(&PJRT_Api::PJRT_Device_MemoryStats, stats, "ask for the memory of a device");
  } catch (const EngineError&) {
    return {};  // that is allowed
  }
  return {stats.bytes_limit_is_set ? stats.bytes_limit : -1, stats.bytes_in_use};
}

}  // namespace cornu::pjrt
