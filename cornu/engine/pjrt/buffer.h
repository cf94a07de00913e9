// Memory of a device.
#pragma once

#include <utility>

#include "cornu/engine/pjrt/plugin.h"
#include "cornu/ir/graph.h"

namespace cornu::pjrt {

PJRT_Buffer_Type buffer_type(DType dtype);

class Buffer {
 public:
  Buffer(const Plugin& plugin, PJRT_Buffer* buffer) : plugin_(&plugin), buffer_(buffer) {}
  // A copy of what lies at `data`, which may change once this returns, on the device of this number.
  static Buffer from_host(const Plugin& plugin, const void* data, const ir::Type& type, std::size_t device = 0);
  Buffer(Buffer&& other) noexcept : plugin_(other.plugin_), buffer_(std::exchange(other.buffer_, nullptr)) {}
  Buffer& operator=(Buffer&& other) noexcept {
    std::swap(plugin_, other.plugin_);
    std::swap(buffer_, other.buffer_);
    return *this;
  }
  ~Buffer();

  PJRT_Buffer* get() const { return buffer_; }
  // Waits until it is computed and copies it out.
  void to_host(void* data, std::size_t bytes) const;

 private:
  const Plugin* plugin_;
  PJRT_Buffer* buffer_;
};

}  // namespace cornu::pjrt
