// A PJRT plug-in: a shared library that compiles StableHLO for its devices. It is loaded once and stays.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cornu/engine/engine.h"
#include "cornu/engine/pjrt/api.h"
#include "cornu/engine/process_group.h"

namespace cornu::pjrt {

// The interface of the library at `path`, which stays loaded. Throws EngineError.
const PJRT_Api* load_plugin(const std::string& path);

class Plugin {
 public:
  // The library at `path`; "": the one of the environment variable CORNU_PJRT_PLUGIN, else the one that this build was
  // configured with. Throws EngineError when it cannot be loaded or has no device.
  static const Plugin& get(std::string_view path = "");
  // The plug-ins that are found: those of CORNU_PJRT_PLUGIN and of JAX's PJRT_NAMES_AND_LIBRARY_PATHS, and the one of
  // this build.
  static std::vector<std::string> found();
  // Loads it in a process of its own and says what it has; what goes wrong is in DeviceInfo::error. Never throws for
  // it.
  static std::vector<DeviceInfo> describe(const std::string& path);

  const Api& api() const { return api_; }
  PJRT_Client* client() const { return client_; }
  // Those of this process.
  PJRT_Device* device(std::size_t number = 0) const { return devices_.at(number); }
  std::size_t device_count() const { return devices_.size(); }
  // Over how many processes a program may run.
  int processes() const { return group_ ? group_->size() : 1; }
  // The client's ids for the first devices of each process, or of this process alone; none where it has just one: there
  // the client's own choice is the same.
  std::vector<std::int64_t> replica_ids(int replicas, int processes) const;
  // "cpu", "cuda", ...
  const std::string& platform() const { return platform_; }
  // Of one device, for people: "NVIDIA H100 80GB HBM3".
  std::string device_kind(std::size_t number = 0) const;
  // The same processor with one thread: for small programs, in which threads would wait for each other longer than they
  // compute. Itself where there is no such choice: a card, several devices, a number of threads (NPROC) that the user
  // has set.
  const Plugin& with_one_thread() const;
  // What programs that it has compiled depend on: this very library, these devices.
  const std::string& identity() const { return identity_; }
  // Bytes of a device's memory, and how many of them are in use; -1: it does not say.
  struct Memory {
    std::int64_t limit = -1, in_use = -1;
  };
  Memory memory(std::size_t number = 0) const;

 private:
  // `group`: the processes whose devices shall be those of one client; null: this one alone.
  explicit Plugin(const std::string& path, const std::shared_ptr<ProcessGroup>& group = nullptr);
  struct OneThread {};
  Plugin(OneThread, const Plugin& all_threads);
  void create_client();
  void list_devices();
  void identify();
  // Answers with a line a device.
  std::string described() const;

  std::string path_;
  bool one_thread_ = false;
  mutable std::unique_ptr<const Plugin> with_one_thread_;
  Api api_;
  std::shared_ptr<ProcessGroup> group_;  // of several processes; null: this one alone
  PJRT_Client* client_ = nullptr;
  std::vector<PJRT_Device*> devices_;
  std::string platform_, identity_;
};

}  // namespace cornu::pjrt
