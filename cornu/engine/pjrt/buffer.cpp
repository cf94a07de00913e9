#include "cornu/engine/pjrt/buffer.h"

#include "cornu/core/error.h"

namespace cornu::pjrt {

PJRT_Buffer_Type buffer_type(DType dtype) {
  switch (dtype) {
    case DType::kBool: return PJRT_Buffer_Type_PRED;
    case DType::kInt8: return PJRT_Buffer_Type_S8;
    case DType::kInt16: return PJRT_Buffer_Type_S16;
    case DType::kInt32: return PJRT_Buffer_Type_S32;
    case DType::kInt64: return PJRT_Buffer_Type_S64;
    case DType::kUInt8: return PJRT_Buffer_Type_U8;
    case DType::kUInt16: return PJRT_Buffer_Type_U16;
    case DType::kUInt32: return PJRT_Buffer_Type_U32;
    case DType::kUInt64: return PJRT_Buffer_Type_U64;
    case DType::kFloat16: return PJRT_Buffer_Type_F16;
    case DType::kBFloat16: return PJRT_Buffer_Type_BF16;
    case DType::kFloat32: return PJRT_Buffer_Type_F32;
    case DType::kFloat64: return PJRT_Buffer_Type_F64;
  }
  return PJRT_Buffer_Type_INVALID;
}

Buffer Buffer::from_host(const Plugin& plugin, const void* data, const ir::Type& type, std::size_t device) {
  // An empty tensor may have no memory at all.
  static constexpr std::uint64_t kNothing = 0;
  const auto dims = type.shape.dims();
  CORNU_PJRT_ARGS(PJRT_Client_BufferFromHostBuffer, args);
  args.client = plugin.client();
  args.data = data == nullptr ? &kNothing : data;
  args.type = buffer_type(type.dtype);
  args.dims = dims.data();
  args.num_dims = dims.size();
  args.host_buffer_semantics = PJRT_HostBufferSemantics_kImmutableOnlyDuringCall;
  args.device = plugin.device(device);
  plugin.api().call(&PJRT_Api::PJRT_Client_BufferFromHostBuffer, args, "copy a tensor to the device");
  Buffer out(plugin, args.buffer);
  plugin.api().await(args.done_with_host_buffer, "copy a tensor to the device");
  return out;
}

Buffer::~Buffer() {
  if (buffer_ == nullptr) return;
  CORNU_PJRT_ARGS(PJRT_Buffer_Destroy, args);
  args.buffer = buffer_;
  plugin_->api().release(&PJRT_Api::PJRT_Buffer_Destroy, args);
}

void Buffer::to_host(void* data, std::size_t bytes) const {
  if (bytes == 0) return;
  CORNU_PJRT_ARGS(PJRT_Buffer_ToHostBuffer, args);
  args.src = buffer_;
  args.dst = data;
  args.dst_size = bytes;
  plugin_->api().call(&PJRT_Api::PJRT_Buffer_ToHostBuffer, args, "copy a tensor from the device");
  plugin_->api().await(args.event, "copy a tensor from the device");
}

}  // namespace cornu::pjrt
