// The two formats, each as one function; model_file.h chooses between them.
#pragma once

#include <string>
#include <string_view>

#include "cornu/saving/model_file.h"
#include "cornu/saving/pieces.h"
#include "cornu/saving/self_test.h"

namespace cornu::saving {

// The version of Keras whose layout is written.
inline constexpr const char* kWrittenVersion = "3.15.1";
inline constexpr const char* kWrittenKeras2 = "2.15.0";
// "tensorflow" when the model comes from nowhere: every Keras 3 accepts every name here.
std::string written_backend(const ModelFile& file);

// The bytes of a whole-model .h5. `shown` names the target in messages. With checksums (checksums.h) or a self-test
// they are not those that Keras would write.
Pieces legacy_h5_bytes(const ModelFile& file, const std::string& shown, bool with_checksums = false,
                       const SelfTest* self_test = nullptr);
// The same without the architecture: the weights that old versions of Keras saved alone.
Pieces legacy_weights_h5_bytes(const ModelFile& file, const std::string& shown);

// The same for Keras 2 inside of TensorFlow. Throw NotSupportedError for what it does not have.
Pieces keras2_h5_bytes(const ModelFile& file, const std::string& shown);
Pieces keras2_weights_h5_bytes(const ModelFile& file, const std::string& shown);

// A .keras that lies unpacked in a folder.
ModelFile read_keras_folder(const std::string& path);
ModelFile read_keras_zip(const std::string& path);
// The same from memory, which must outlive the call only.
ModelFile read_keras_zip_image(std::string_view bytes, const std::string& shown);
// Either format; tensors may lie in the bytes.
ModelFile read_model_image(const SharedBytes& bytes, const std::string& shown);
// A member of the .keras beside those that Keras knows, and which it leaves alone.
struct ExtraMember {
  std::string name;
  Pieces bytes;
};
// SOURCE_DATE_EPOCH, in seconds, takes the place of the time of saving that Keras writes into the file: then equal
// models give equal files.
void write_keras_zip(const ModelFile& file, const std::string& path, const std::vector<ExtraMember>& extra = {});

}  // namespace cornu::saving
