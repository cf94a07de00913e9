#include "tests/fuzz/targets.h"

#include <cstring>
#include <string>

#include "cornu/core/error.h"
#include "cornu/data/csv.h"
#include "cornu/data/idx.h"
#include "cornu/data/npy.h"
#include "cornu/data/npy_format.h"
#include "cornu/saving/config_text.h"
#include "cornu/saving/config_words.h"
#include "cornu/saving/hdf5_reader.h"
#include "cornu/saving/hdf5_survey.h"
#include "cornu/saving/raw_model.h"
#include "cornu/saving/salvage.h"
#include "cornu/saving/scan.h"
#include "cornu/saving/weight_tree_file.h"
#include "cornu/saving/writers.h"

namespace cornu::fuzz {
namespace {

using saving::Hdf5File;

// Anything else than these is a bug, and so is a crash.
template <class Read>
void expect_answer(const Read& read) {
  try {
    read();
  } catch (const InternalError&) {
    throw;
  } catch (const Error&) {
  } catch (const Json::exception&) {  // read_model_file makes a FileError of it
  }
}

Tensor blob_of(std::string_view bytes) {
  Tensor blob = Tensor::empty({static_cast<std::int64_t>(bytes.size())}, uint8);
  if (!bytes.empty()) std::memcpy(blob.mutable_raw(), bytes.data(), bytes.size());
  return blob;
}

const Json& small_architecture() {
  static const Json value = parse_json(R"({"class_name": "Sequential", "config": {"name": "s", "layers": [
      {"class_name": "Dense", "config": {"name": "d"}}, {"class_name": "Dense", "config": {"name": "e"}}]}})");
  return value;
}

// Every dataset that there is, whether a model would ask for it or not.
void read_all(const Hdf5File& file) {
  for (const auto& dataset : saving::hdf5::survey(file.image()).datasets)
    expect_answer([&] { (void)saving::read_dataset(file.image(), dataset.address, dataset.path); });
}

}  // namespace

void read_h5(std::string_view bytes) {
  const auto image = std::make_shared<const std::string>(bytes);
  expect_answer([&] { (void)saving::upgrade(saving::read_legacy_h5(Hdf5File::open_image(image, "f"), "f")); });
  expect_answer([&] { (void)saving::read_legacy_weights(Hdf5File::open_image(image, "f").root()); });
  expect_answer([&] {
    const saving::Hdf5Group root = Hdf5File::open_image(image, "f").root();
    saving::check_weight_tree(root, small_architecture(), "f");
    (void)saving::read_weight_tree(root, small_architecture(), {});
    (void)saving::read_tree_optimizer(root);
  });
  expect_answer([&] { read_all(Hdf5File::open_image(image, "f")); });
  expect_answer([&] { (void)saving::scan_bytes(image, "f"); });
  expect_answer([&] { (void)saving::salvage_bytes(image, "f"); });  // reads every dataset, of damaged files too
}

void read_keras(std::string_view bytes) {
  const auto image = std::make_shared<const std::string>(bytes);
  expect_answer([&] { (void)saving::read_keras_zip_image(bytes, "f"); });
  expect_answer([&] { (void)saving::scan_bytes(image, "f"); });
  expect_answer([&] { (void)saving::salvage_bytes(image, "f"); });
}

void read_json(std::string_view bytes) {
  constexpr const char* kVersions[] = {"1.2.2", "2.0.4", "2.2.4", "2.4.0-tf", "2.15.0", "3.0.5", "3.15.1", ""};
  if (bytes.empty()) return;
  const std::size_t version = static_cast<unsigned char>(bytes[0]) % std::size(kVersions);
  expect_answer([&] {
    saving::RawModel raw;
    raw.shown = "f";
    raw.keras_version = kVersions[version];
    raw.model_config = saving::parse_config(bytes.substr(1), "the configuration", "f");
    raw.training_config = saving::get(raw.model_config, "compile_config");
    (void)dump_json(saving::upgrade(std::move(raw)).architecture);
  });
  saving::Scan scan;
  expect_answer([&] { saving::scan_config_text(bytes.substr(1), "f", version < 5, scan); });
}

void read_idx(std::string_view bytes) {
  expect_answer([&] { (void)data::idx_from_blob(blob_of(bytes), "f"); });
}

void read_npy(std::string_view bytes) {
  expect_answer([&] { (void)data::npy_from_blob(blob_of(bytes), "f"); });
  std::string_view rest = bytes;
  const auto read_exactly = [&](void* target, std::size_t n) {
    if (n > rest.size()) throw FileError("ends too early");
    std::memcpy(target, rest.data(), n);
    rest.remove_prefix(n);
  };
  expect_answer([&] { (void)data::read_npy(read_exactly, bytes.size(), "f"); });
}

void read_csv(std::string_view bytes) {
  expect_answer([&] { (void)data::parse_csv(bytes, "f"); });
  expect_answer([&] { (void)data::parse_csv(bytes, "f", {.dtype = float64}); });
}

}  // namespace cornu::fuzz
