// A PJRT plug-in: a shared library that compiles StableHLO for its devices. It is loaded once and stays.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cornu/engine/pjrt/api.h"

namespace cornu::pjrt {

class Plugin {
 public:
  // The library at `path`; "": the one of the environment variable CORNU_PJRT_PLUGIN, else the one that this build was
  // configured with. Throws EngineError when it cannot be loaded or has no device.
  static const Plugin& get(std::string_view path = "");

  const Api& api() const { return api_; }
  PJRT_Client* client() const { return client_; }
  PJRT_Device* device() const { return devices_.front(); }
  std::size_t device_count() const { return devices_.size(); }
  // "cpu", "cuda", ...
  const std::string& platform() const { return platform_; }
  // Of one device, for people: "NVIDIA H100 80GB HBM3".
  std::string device_kind() const;

 private:
  explicit Plugin(const std::string& path);
  void create_client(const std::string& path);

  Api api_;
  PJRT_Client* client_ = nullptr;
  std::vector<PJRT_Device*> devices_;
  std::string platform_;
};

}  // namespace cornu::pjrt
