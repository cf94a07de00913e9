// The two formats, each as one function; model_file.h chooses between them.
#pragma once

#include <string>

#include "cornu/saving/model_file.h"

namespace cornu::saving {

// The version of Keras whose layout is written.
inline constexpr const char* kWrittenVersion = "3.15.1";
inline constexpr const char* kWrittenKeras2 = "2.15.0";
// "tensorflow" when the model comes from nowhere: every Keras 3 accepts every name here.
std::string written_backend(const ModelFile& file);

// The bytes of a whole-model .h5. `shown` names the target in messages.
std::string legacy_h5_bytes(const ModelFile& file, const std::string& shown);
// The same without the architecture: the weights that old versions of Keras saved alone.
std::string legacy_weights_h5_bytes(const ModelFile& file, const std::string& shown);

// The same for Keras 2 inside of TensorFlow. Throw NotSupportedError for what it does not have.
std::string keras2_h5_bytes(const ModelFile& file, const std::string& shown);
std::string keras2_weights_h5_bytes(const ModelFile& file, const std::string& shown);

// A .keras that lies unpacked in a folder.
ModelFile read_keras_folder(const std::string& path);
ModelFile read_keras_zip(const std::string& path);
void write_keras_zip(const ModelFile& file, const std::string& path);

}  // namespace cornu::saving
