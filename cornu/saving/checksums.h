// Checksums of the datasets of a .h5, where Keras does not look: a text attribute of the root. They tell damage, not
// malice: whoever can change a value can change its checksum. A .keras has the CRC-32 of its zip already.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "cornu/core/tensor.h"
#include "cornu/saving/model_file.h"

namespace cornu::saving {

inline constexpr const char* kChecksumsAttribute = "cornu_checksums";

// By the dataset's path from the root.
using Checksums = std::map<std::string, std::uint32_t>;

// CRC-32 of the elements as they lie in memory.
std::uint32_t checksum_of(const Tensor& tensor);
// {"algorithm": "crc32", "datasets": {"model_weights/...": "89abcdef"}}
std::string dump_checksums(const Checksums& checksums);
// Nothing when the text is something else.
std::optional<Checksums> parse_checksums(const std::string& text);

// write_model_file for a .h5, with a checksum of each dataset in it. Keras opens the file as any other; its bytes are
// not those that Keras would write, so nobody gets it who does not ask.
void write_h5_with_checksums(const ModelFile& file, const std::string& path);

}  // namespace cornu::saving
