// A plug-in whose devices belong to several processes, for machines without any: the plug-in for CPUs behind a few
// functions of its own. Each process has a client with the devices of all, of which it shows its own. What runs on all
// of them runs here on all of them, with the others' arguments, which come through the key-value store that
// PJRT_Client_Create was given: the very store by which GPUs find each other.
#include <dlfcn.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "cornu/engine/pjrt/api.h"

namespace {

const PJRT_Api* real() {
  static const auto* const api = [] {
    void* const library = dlopen(FAKE_GPU_BEHIND, RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) std::abort();
    return reinterpret_cast<const PJRT_Api* (*)()>(dlsym(library, "GetPjrtApi"))();
  }();
  return api;
}

// What PJRT_Client_Create was given.
struct Store {
  PJRT_KeyValueGetCallback get = nullptr;
  PJRT_KeyValueTryGetCallback try_get = nullptr;
  PJRT_KeyValuePutCallback put = nullptr;
  void *get_user = nullptr, *try_get_user = nullptr, *put_user = nullptr;
};
Store store;
std::int64_t node = 0, nodes = 1, devices_of_each = 1;
PJRT_Client* client = nullptr;

[[noreturn]] void fail(const char* what) {
  std::fprintf(stderr, "fake_gpu_plugin, process %d: %s\n", static_cast<int>(node), what);
  std::abort();
}

PJRT_Error* no_error(PJRT_Error_Code, const char* message, std::size_t size) {
  static std::string last;
  last.assign(message, size);
  return reinterpret_cast<PJRT_Error*>(&last);  // only asked whether it is null
}
PJRT_CallbackError on_error = no_error;

void put(const std::string& key, const std::string& value) {
  PJRT_KeyValuePutCallback_Args args = {};
  args.key = key.data();
  args.key_size = key.size();
  args.value = value.data();
  args.value_size = value.size();
  args.callback_error = &on_error;
  args.user_arg = store.put_user;
  if (store.put(&args) != nullptr) fail("cannot put");
}

std::string get(const std::string& key, int patience) {
  PJRT_KeyValueGetCallback_Args args = {};
  args.key = key.data();
  args.key_size = key.size();
  args.timeout_in_ms = patience;
  args.callback_error = &on_error;
  args.user_arg = store.get_user;
  if (store.get(&args) != nullptr) return "";
  std::string out(args.value, args.value_size);
  args.value_deleter_callback(args.value);
  return out;
}

bool is_there(const std::string& key) {
  PJRT_KeyValueTryGetCallback_Args args = {};
  args.key = key.data();
  args.key_size = key.size();
  args.callback_error = &on_error;
  args.user_arg = store.try_get_user;
  if (store.try_get(&args) != nullptr) return false;
  args.value_deleter_callback(args.value);
  return true;
}

// What a client of GPUs does when it opens: everybody says what he has, and waits for the others.
void meet() {
  if (is_there("nobody") || !get("nobody", 20).empty()) fail("a key that nobody has put");
  put("devices/" + std::to_string(node), std::string(100'000, static_cast<char>('a' + node)));
  for (std::int64_t other = 0; other < nodes; ++other) {
    const std::string theirs = get("devices/" + std::to_string(other), 60'000);
    if (theirs != std::string(100'000, static_cast<char>('a' + other))) fail("another process's words are not its own");
  }
}

PJRT_Error* create(PJRT_Client_Create_Args* args) {
  bool chosen = false;
  for (std::size_t i = 0; i < args->num_options; ++i) {
    const PJRT_NamedValue& option = args->create_options[i];
    const std::string name(option.name, option.name_size);
    if (name == "node_id") node = option.int64_value;
    if (name == "num_nodes") nodes = option.int64_value;
    if (name == "visible_devices") chosen = option.value_size == 1 && option.int64_array_value[0] == node;
  }
  store = {args->kv_get_callback, args->kv_try_get_callback, args->kv_put_callback,
           args->kv_get_user_arg, args->kv_try_get_user_arg, args->kv_put_user_arg};
  // All processes are on one machine here, so that each has one device, unless the environment gives it several.
  const char* const given = std::getenv("CUDA_VISIBLE_DEVICES");
  if (given != nullptr) devices_of_each = 1 + static_cast<std::int64_t>(std::strlen(given)) / 2;  // "0,1"
  if (nodes > 1) {
    if (chosen != (given == nullptr)) fail("visible_devices is not this process's device");
    meet();
  }
  PJRT_NamedValue count = {};
  count.struct_size = PJRT_NamedValue_STRUCT_SIZE;
  count.name = "cpu_device_count";
  count.name_size = std::strlen(count.name);
  count.type = PJRT_NamedValue_kInt64;
  count.int64_value = nodes * devices_of_each;
  count.value_size = 1;
  args->create_options = &count;
  args->num_options = 1;
  args->kv_get_callback = nullptr;
  args->kv_try_get_callback = nullptr;
  args->kv_put_callback = nullptr;
  PJRT_Error* const error = real()->PJRT_Client_Create(args);
  client = args->client;
  return error;
}

PJRT_Error* own_devices(PJRT_Client_AddressableDevices_Args* args) {
  PJRT_Error* const error = real()->PJRT_Client_AddressableDevices(args);
  args->addressable_devices += node * devices_of_each;
  args->num_addressable_devices = static_cast<std::size_t>(devices_of_each);
  return error;
}

PJRT_Error* process_of(PJRT_DeviceDescription_ProcessIndex_Args* args) {
  CORNU_PJRT_ARGS(PJRT_DeviceDescription_Id, id);
  id.device_description = args->device_description;
  PJRT_Error* const error = real()->PJRT_DeviceDescription_Id(&id);
  args->process_index = id.id / static_cast<int>(devices_of_each);
  return error;
}

void must(PJRT_Error* error, const char* what) {
  if (error != nullptr) fail(what);
}

void await(PJRT_Event* event) {
  CORNU_PJRT_ARGS(PJRT_Event_Await, args);
  args.event = event;
  must(real()->PJRT_Event_Await(&args), "cannot wait");
  CORNU_PJRT_ARGS(PJRT_Event_Destroy, destroy);
  destroy.event = event;
  must(real()->PJRT_Event_Destroy(&destroy), "cannot forget an event");
}

std::string bytes_of(PJRT_Buffer* buffer) {
  CORNU_PJRT_ARGS(PJRT_Buffer_ToHostBuffer, args);
  args.src = buffer;
  must(real()->PJRT_Buffer_ToHostBuffer(&args), "cannot ask for a size");
  std::string out(args.dst_size, '\0');
  args.dst = out.data();
  must(real()->PJRT_Buffer_ToHostBuffer(&args), "cannot read a buffer");
  await(args.event);
  return out;
}

// A buffer like this one, with other bytes, on another device.
PJRT_Buffer* like(PJRT_Device* device, PJRT_Buffer* buffer, const std::string& bytes) {
  CORNU_PJRT_ARGS(PJRT_Buffer_Dimensions, dims);
  dims.buffer = buffer;
  must(real()->PJRT_Buffer_Dimensions(&dims), "cannot ask for dimensions");
  CORNU_PJRT_ARGS(PJRT_Buffer_ElementType, type);
  type.buffer = buffer;
  must(real()->PJRT_Buffer_ElementType(&type), "cannot ask for a type");
  CORNU_PJRT_ARGS(PJRT_Client_BufferFromHostBuffer, args);
  args.client = client;
  args.data = bytes.data();
  args.type = type.type;
  args.dims = dims.dims;
  args.num_dims = dims.num_dims;
  args.host_buffer_semantics = PJRT_HostBufferSemantics_kImmutableOnlyDuringCall;
  args.device = device;
  must(real()->PJRT_Client_BufferFromHostBuffer(&args), "cannot make a buffer");
  await(args.done_with_host_buffer);
  return args.buffer;
}

void destroy(PJRT_Buffer* buffer) {
  CORNU_PJRT_ARGS(PJRT_Buffer_Destroy, args);
  args.buffer = buffer;
  must(real()->PJRT_Buffer_Destroy(&args), "cannot forget a buffer");
}

std::size_t outputs_of(PJRT_LoadedExecutable* loaded) {
  CORNU_PJRT_ARGS(PJRT_LoadedExecutable_GetExecutable, executable);
  executable.loaded_executable = loaded;
  must(real()->PJRT_LoadedExecutable_GetExecutable(&executable), "cannot ask for an executable");
  CORNU_PJRT_ARGS(PJRT_Executable_NumOutputs, outputs);
  outputs.executable = executable.executable;
  must(real()->PJRT_Executable_NumOutputs(&outputs), "cannot count outputs");
  CORNU_PJRT_ARGS(PJRT_Executable_Destroy, destroy_args);
  destroy_args.executable = executable.executable;
  must(real()->PJRT_Executable_Destroy(&destroy_args), "cannot forget an executable");
  return outputs.num_outputs;
}

PJRT_Error* execute(PJRT_LoadedExecutable_Execute_Args* args) {
  CORNU_PJRT_ARGS(PJRT_LoadedExecutable_AddressableDevices, on);
  on.executable = args->executable;
  must(real()->PJRT_LoadedExecutable_AddressableDevices(&on), "cannot ask for devices");
  const std::size_t all = on.num_addressable_devices, own = args->num_devices;
  if (all == own) return real()->PJRT_LoadedExecutable_Execute(args);  // nobody else takes part

  // Everybody's arguments. The replicas of a process are neighbours.
  static int number = 0;
  const std::string run = "run/" + std::to_string(number++) + "/";
  const auto key = [&](std::size_t replica, std::size_t i) {
    return run + std::to_string(replica) + "/" + std::to_string(i);
  };
  const std::size_t first = static_cast<std::size_t>(node) * own, outputs = outputs_of(args->executable);
  for (std::size_t r = 0; r < own; ++r)
    for (std::size_t i = 0; i < args->num_args; ++i) put(key(first + r, i), bytes_of(args->argument_lists[r][i]));
  std::vector<std::vector<PJRT_Buffer*>> inputs(all), results(all, std::vector<PJRT_Buffer*>(outputs, nullptr));
  std::vector<PJRT_Buffer* const*> input_lists;
  std::vector<PJRT_Buffer**> output_lists;
  for (std::size_t r = 0; r < all; ++r) {
    const bool mine = r >= first && r < first + own;
    for (std::size_t i = 0; i < args->num_args; ++i)
      inputs[r].push_back(mine ? args->argument_lists[r - first][i]
                               : like(on.addressable_devices[r], args->argument_lists[0][i], get(key(r, i), 60'000)));
    input_lists.push_back(inputs[r].data());
    output_lists.push_back(mine ? const_cast<PJRT_Buffer**>(args->output_lists[r - first]) : results[r].data());
  }
  PJRT_LoadedExecutable_Execute_Args whole = *args;
  whole.argument_lists = input_lists.data();
  whole.output_lists = output_lists.data();
  whole.num_devices = all;
  PJRT_Error* const error = real()->PJRT_LoadedExecutable_Execute(&whole);
  for (std::size_t r = 0; r < all; ++r) {
    if (r >= first && r < first + own) continue;
    for (PJRT_Buffer* buffer : inputs[r]) destroy(buffer);
    for (PJRT_Buffer* buffer : results[r])
      if (buffer != nullptr) destroy(buffer);
  }
  return error;
}

}  // namespace

extern "C" const PJRT_Api* GetPjrtApi() {
  static const PJRT_Api api = [] {
    PJRT_Api out = *real();
    out.struct_size = std::min<std::size_t>(real()->struct_size, PJRT_Api_STRUCT_SIZE);
    out.PJRT_Client_Create = create;
    out.PJRT_Client_AddressableDevices = own_devices;
    out.PJRT_DeviceDescription_ProcessIndex = process_of;
    out.PJRT_LoadedExecutable_Execute = execute;
    return out;
  }();
  return &api;
}
