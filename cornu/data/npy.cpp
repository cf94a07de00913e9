#include "cornu/data/npy.h"

#include "cornu/data/file_io.h"
#include "cornu/data/npy_format.h"

namespace cornu::data {

Tensor load_npy(const std::string& path) {
  FileReader reader(path);
  if (!reader.is_regular()) return npy_from_blob(read_file(path), path);
  return read_npy([&](void* target, std::size_t bytes) { reader.read_exactly(target, bytes); }, reader.size(), path);
}

void save_npy(const std::string& path, const Tensor& tensor) {
  const std::string header = npy_header_of(tensor);
  write_file(path, {std::as_bytes(std::span(header)), {static_cast<const std::byte*>(tensor.raw()), tensor.bytes()}});
}

}  // namespace cornu::data
