// Writing .keras as Keras 3.15 does: metadata.json, config.json, model.weights.h5, stored.
#include <cstdlib>
#include <ctime>

#include "cornu/core/error.h"
#include "cornu/saving/atomic_file.h"
#include "cornu/saving/config_words.h"
#include "cornu/saving/hdf5_writer.h"
#include "cornu/saving/stored_zip.h"
#include "cornu/saving/weight_tree_file.h"
#include "cornu/saving/writers.h"

namespace cornu::saving {
namespace {

std::tm local_now() {
  const char* fixed = std::getenv("SOURCE_DATE_EPOCH");
  const std::time_t now =
      fixed != nullptr ? static_cast<std::time_t>(std::strtoll(fixed, nullptr, 10)) : std::time(nullptr);
  std::tm time{};
  ::localtime_r(&now, &time);
  return time;
}

std::string metadata_json(const std::tm& now) {
  char date[32];
  std::strftime(date, sizeof date, "%Y-%m-%d@%H:%M:%S", &now);
  return dump_json(Json{{"keras_version", kWrittenVersion}, {"date_saved", date}});
}

std::string config_json(const ModelFile& file) {
  Json config = file.architecture;
  if (file.compile_config) config["compile_config"] = *file.compile_config;
  return dump_json(config);
}

}  // namespace

void write_keras_zip(const ModelFile& file, const std::string& path, const std::vector<ExtraMember>& extra) {
  const std::tm now = local_now();
  const std::string metadata = metadata_json(now);
  const std::string config = config_json(file);
  const Pieces weights = weight_tree_bytes(file, path, Placement::kFileObject);
  std::vector<ZipMember> members = {{"metadata.json", {metadata}, zip_epoch()},
                                    {"config.json", {config}, zip_epoch()},
                                    {"model.weights.h5", weights.views(), now}};
  for (const ExtraMember& m : extra) members.push_back({m.name, m.bytes.views(), zip_epoch()});
  std::vector<std::string> headers;
  write_file_atomically(path, stored_zip(members, headers));
}

}  // namespace cornu::saving
