#include "cornu/engine/pjrt/plugin.h"

#include <dlfcn.h>

#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>

#include "cornu/core/error.h"

namespace cornu::pjrt {
namespace {

const PJRT_Api* load(const std::string& path) {
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

// Three quarters of a card's memory would be taken at once: others may want it, too.
bool preallocates(const std::string& path) {
  return path.find("cuda") != std::string::npos || path.find("gpu") != std::string::npos ||
         path.find("rocm") != std::string::npos;
}

std::string chosen(std::string_view path) {
  if (!path.empty()) return std::string(path);
  if (const char* environment = std::getenv("CORNU_PJRT_PLUGIN"); environment != nullptr && *environment != '\0')
    return environment;
  return CORNU_PJRT_DEFAULT_PLUGIN;
}

}  // namespace

const Plugin& Plugin::get(std::string_view path) {
  static std::mutex mutex;
  static std::map<std::string, std::unique_ptr<const Plugin>> plugins;
  const std::lock_guard lock(mutex);
  std::unique_ptr<const Plugin>& plugin = plugins[chosen(path)];
  if (!plugin) plugin.reset(new Plugin(chosen(path)));
  return *plugin;
}

Plugin::Plugin(const std::string& path) : api_(nullptr) {
  // XLA's log is for its developers; what goes wrong comes back as an error.
  setenv("TF_CPP_MIN_LOG_LEVEL", "2", 0);
  api_ = Api(load(path));
  CORNU_PJRT_ARGS(PJRT_Plugin_Initialize, initialize);
  api_.call(&PJRT_Api::PJRT_Plugin_Initialize, initialize, "initialize a plug-in");
  create_client(path);
  CORNU_PJRT_ARGS(PJRT_Client_AddressableDevices, devices);
  devices.client = client_;
  api_.call(&PJRT_Api::PJRT_Client_AddressableDevices, devices, "list devices");
  devices_.assign(devices.addressable_devices, devices.addressable_devices + devices.num_addressable_devices);
  if (devices_.empty())
    throw EngineError(cat("[pjrt] the plug-in has no device here\n  received: ", path,
                          "\n  expected: a machine with such a device, or another plug-in"));
}

void Plugin::create_client(const std::string& path) {
  PJRT_NamedValue option = {};
  option.struct_size = PJRT_NamedValue_STRUCT_SIZE;
  option.name = "preallocate";
  option.name_size = std::strlen(option.name);
  option.type = PJRT_NamedValue_kBool;
  option.bool_value = false;
  option.value_size = 1;
  CORNU_PJRT_ARGS(PJRT_Client_Create, create);
  create.create_options = &option;
  create.num_options = preallocates(path) ? 1 : 0;
  api_.call(&PJRT_Api::PJRT_Client_Create, create, "open the devices of a plug-in");
  client_ = create.client;
  CORNU_PJRT_ARGS(PJRT_Client_PlatformName, name);
  name.client = client_;
  api_.call(&PJRT_Api::PJRT_Client_PlatformName, name, "name the platform");
  platform_.assign(name.platform_name, name.platform_name_size);
}

std::string Plugin::device_kind() const {
  CORNU_PJRT_ARGS(PJRT_Device_GetDescription, description);
  description.device = device();
  api_.call(&PJRT_Api::PJRT_Device_GetDescription, description, "describe a device");
  CORNU_PJRT_ARGS(PJRT_DeviceDescription_Kind, kind);
  kind.device_description = description.device_description;
  api_.call(&PJRT_Api::PJRT_DeviceDescription_Kind, kind, "describe a device");
  return {kind.device_kind, kind.device_kind_size};
}

}  // namespace cornu::pjrt
