#include "cornu/saving/training_file.h"

#include <cstdint>

#include "cornu/core/error.h"
#include "cornu/saving/config_text.h"
#include "cornu/saving/hdf5_reader.h"
#include "cornu/saving/hdf5_writer.h"
#include "cornu/saving/writers.h"
#include "cornu/saving/zip_archive.h"

namespace cornu::saving {
namespace {

constexpr const char* kState = "cornu/training.json";
constexpr const char* kTensors = "cornu/training.h5";
constexpr std::uint64_t kMaxTensors = std::uint64_t{256} << 30;

[[noreturn]] void fail(const std::string& path, const std::string& what) {
  throw FileError(cat(cannot_read(path), "  received: ", what,
                      "\n  expected: a file that BackupAndRestore wrote\n"
                      "  way out: begin the training again, without it"));
}

Pieces tensor_bytes(const std::vector<NamedTensor>& tensors, const std::string& shown) {
  Hdf5Writer writer(shown, Placement::kFileObject);
  for (std::size_t i = 0; i < tensors.size(); ++i) writer.write_dataset(std::to_string(i), tensors[i].value);
  return writer.finish();
}

}  // namespace

void write_training_file(const TrainingFile& file, const std::string& path) {
  Json state = file.state;
  Json& names = state["tensors"] = Json::array();
  for (const NamedTensor& t : file.tensors) names.push_back(t.name);
  std::vector<ExtraMember> extra;
  extra.push_back({kState, Pieces(dump_json(state))});
  extra.push_back({kTensors, tensor_bytes(file.tensors, path + ": " + kTensors)});
  write_keras_zip(file.model, path, extra);
}

TrainingFile read_training_file(const std::string& path) {
  TrainingFile out;
  out.model = read_model_file(path);
  if (out.model.format != Format::kKerasZip) fail(path, "an HDF5 file");
  const ZipArchive archive = ZipArchive::open(path);
  const std::optional<std::string> state = archive.read(kState, kMaxConfigBytes);
  std::optional<std::string> tensors = archive.read(kTensors, kMaxTensors);
  if (!state || !tensors) fail(path, "a model file that holds no training run");
  try {
    out.state = parse_json(*state, kState);
  } catch (const ValueError& error) {
    fail(path, error.what());
  }
  const Json names = out.state.is_object() ? out.state.value("tensors", Json()) : Json();
  if (!names.is_array()) fail(path, cat("'", kState, "' without a list of tensors"));
  const auto bytes = std::make_shared<const std::string>(std::move(*tensors));
  const Hdf5Group root = Hdf5File::open_image(bytes, path + ": " + kTensors).root();
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!names[i].is_string()) fail(path, cat("'", kState, "' with a tensor that has no name"));
    out.tensors.push_back({names[i].get<std::string>(), root.dataset(std::to_string(i)).copy()});
  }
  return out;
}

}  // namespace cornu::saving
