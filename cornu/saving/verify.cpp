#include "cornu/saving/verify.h"

#include "cornu/core/error.h"
#include "cornu/saving/checksums.h"
#include "cornu/saving/config_text.h"
#include "cornu/saving/hdf5_survey.h"
#include "cornu/saving/read_bytes.h"
#include "cornu/saving/scan.h"

namespace cornu::saving {
namespace {

// Runs `step`; what it throws is a problem of the file.
template <class Step>
void attempt(Verification& result, const Step& step) {
  try {
    step();
  } catch (const FileError& error) {
    result.problems.emplace_back(error.what());
  }
}

void verify_values(const Hdf5File& file, const std::string& shown, Verification& result) {
  const std::optional<std::string> text = file.root().text(kChecksumsAttribute);
  const std::optional<Checksums> expected = text ? parse_checksums(*text) : Checksums{};
  if (!expected) result.problems.push_back(cat(shown, ": the list of checksums itself is damaged"));
  Checksums left = expected.value_or(Checksums{});
  const hdf5::Survey survey = hdf5::survey(file.image());
  for (const hdf5::Survey::Problem& problem : survey.problems)
    result.problems.push_back(cat(shown, ": /", problem.path, ": ", problem.what));
  for (const hdf5::SurveyedDataset& dataset : survey.datasets)
    attempt(result, [&] {
      const Tensor value = read_dataset(file.image(), dataset.address, dataset.path);
      ++result.datasets;
      const auto known = left.find(dataset.path);
      if (known == left.end()) return;
      ++result.checksums;
      if (known->second != checksum_of(value))
        result.problems.push_back(cat(shown, ": /", dataset.path, ": its values are not those that were written"));
      left.erase(known);
    });
  for (const auto& [path, value] : left)
    result.problems.push_back(cat(shown, ": /", path, ": the file has a checksum of it and not the dataset"));
}

void verify_hdf5(SharedBytes bytes, const std::string& shown, Verification& result) {
  attempt(result, [&] {
    const Hdf5File file = Hdf5File::open_image(std::move(bytes), shown);
    for (const char* name : {"model_config", "training_config"})
      attempt(result, [&] {
        if (const auto text = file.root().text(name)) (void)parse_config(*text, cat("attribute '", name, "'"), shown);
      });
    attempt(result, [&] { verify_values(file, shown, result); });
  });
}

void verify_zip(std::string_view bytes, const std::string& shown, Verification& result) {
  constexpr std::uint64_t kMaxMember = std::uint64_t{256} << 30;
  attempt(result, [&] {
    const ZipArchive archive = ZipArchive::open_image(bytes, shown);
    attempt(result, [&] { archive.check_entries(); });
    for (const ZipEntry& entry : archive.entries())
      attempt(result, [&] {
        std::optional<std::string> member = archive.read(entry.name, kMaxMember);
        ++result.checksums;
        const std::string where = cat(shown, ": ", entry.name);
        if (ends_with(entry.name, ".json")) (void)parse_config(*member, cat("'", entry.name, "'"), shown);
        if (ends_with(entry.name, ".h5"))
          verify_hdf5(std::make_shared<const std::string>(std::move(*member)), where, result);
      });
  });
}

}  // namespace

Verification verify_file(const std::string& path) {
  const auto bytes = read_shared_bytes(path);
  Verification result;
  result.format = format_of(bytes.view);
  if (result.format == "h5") {
    verify_hdf5(bytes, path, result);
  } else if (result.format == "keras") {
    verify_zip(bytes.view, path, result);
  } else if (result.format == "json") {
    attempt(result, [&] { (void)parse_config(bytes.view, "the architecture", path); });
  } else {
    throw FileError(
        cat(cannot_read(path), "  received: ",
            bytes.view.empty() ? "an empty file" : "a file that is neither HDF5, nor a zip archive, nor JSON",
            "\n  expected: a model or weights that Keras saved\n  way out: check the path"));
  }
  return result;
}

bool holds_weights_only(const std::string& path) {
  try {
    const auto bytes = read_shared_bytes(path);
    return format_of(bytes.view) == "h5" && !Hdf5File::open_image(bytes, path).root().has_attribute("model_config");
  } catch (const FileError&) {
    return false;
  }
}

}  // namespace cornu::saving
