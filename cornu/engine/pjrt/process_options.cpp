#include "cornu/engine/pjrt/process_options.h"

#include <cstdlib>
#include <cstring>
#include <exception>
#include <string>

namespace cornu::pjrt {
namespace {

ProcessGroup& group_of(void* user) { return *static_cast<ProcessGroup*>(user); }

PJRT_Error* failed(PJRT_CallbackError* error, PJRT_Error_Code code, const std::string& message) {
  return (*error)(code, message.data(), message.size());
}

// What both kinds of reading end with. XLA says nothing reliable about the struct's size: only its first fields count.
template <class Args>
PJRT_Error* give(Args* args, std::chrono::milliseconds patience) noexcept try {
  const std::string key(args->key, args->key_size);
  const std::optional<std::string> value = group_of(args->user_arg).get(key, patience);
  if (!value) {
    const bool at_once = patience.count() == 0;
    return failed(args->callback_error, at_once ? PJRT_Error_Code_NOT_FOUND : PJRT_Error_Code_DEADLINE_EXCEEDED,
                  "no process has said anything about \"" + key + "\"");
  }
  args->value = new char[value->size() + 1];
  std::memcpy(args->value, value->data(), value->size());
  args->value_size = value->size();
  args->value_deleter_callback = [](char* text) { delete[] text; };
  return nullptr;
} catch (const std::exception& error) {
  return failed(args->callback_error, PJRT_Error_Code_INTERNAL, error.what());
}

PJRT_Error* get(PJRT_KeyValueGetCallback_Args* args) {
  return give(args, std::chrono::milliseconds(args->timeout_in_ms));
}

PJRT_Error* try_get(PJRT_KeyValueTryGetCallback_Args* args) { return give(args, std::chrono::milliseconds(0)); }

PJRT_Error* put(PJRT_KeyValuePutCallback_Args* args) noexcept try {
  group_of(args->user_arg).put({args->key, args->key_size}, {args->value, args->value_size});
  return nullptr;
} catch (const std::exception& error) {
  return failed(args->callback_error, PJRT_Error_Code_INTERNAL, error.what());
}

bool devices_are_given() {
  for (const char* name : {"CUDA_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES"})
    if (std::getenv(name) != nullptr) return true;
  return false;
}

}  // namespace

PJRT_NamedValue named_value(const char* name, PJRT_NamedValue_Type type) {
  PJRT_NamedValue out = {};
  out.struct_size = PJRT_NamedValue_STRUCT_SIZE;
  out.name = name;
  out.name_size = std::strlen(name);
  out.type = type;
  out.value_size = 1;
  return out;
}

void ProcessOptions::add(std::vector<PJRT_NamedValue>& options, PJRT_Client_Create_Args& args) {
  PJRT_NamedValue node = named_value("node_id", PJRT_NamedValue_kInt64);
  node.int64_value = group_.rank();
  PJRT_NamedValue nodes = named_value("num_nodes", PJRT_NamedValue_kInt64);
  nodes.int64_value = group_.size();
  options.insert(options.end(), {node, nodes});
  if (group_.local_size() > 1 && !devices_are_given()) {
    PJRT_NamedValue visible = named_value("visible_devices", PJRT_NamedValue_kInt64List);
    visible.int64_array_value = &local_device_;
    options.push_back(visible);
  }
  // All three, or XLA looks at none.
  args.kv_get_callback = get;
  args.kv_try_get_callback = try_get;
  args.kv_put_callback = put;
  args.kv_get_user_arg = args.kv_try_get_user_arg = args.kv_put_user_arg = &group_;
}

}  // namespace cornu::pjrt
