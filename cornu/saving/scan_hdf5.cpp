// Looking for what leads out of an HDF5 file, or claims more than it holds.
#include "cornu/core/error.h"
#include "cornu/saving/hdf5_chunks.h"
#include "cornu/saving/hdf5_survey.h"
#include "cornu/saving/scan.h"

namespace cornu::saving {
namespace {

// What Keras 3.15 still allows a dataset to claim; below, nobody is hurt.
constexpr std::uint64_t kHarmlessBytes = std::uint64_t{64} << 20;
constexpr std::uint64_t kHarmlessRatio = 1100;

void scan_dataset(const hdf5::SurveyedDataset& dataset, const std::string& where, Scan& scan) {
  const std::string at = cat(where, ": /", dataset.path);
  const auto add = [&](Finding::Kind kind, const std::string& what, const char* pattern) {
    scan.findings.push_back({kind, at, what, pattern, ""});
  };
  for (const std::string& file : dataset.external_files)
    add(Finding::kLink, cat("a dataset whose values are read from the file '", file, "'"), "CVE-2026-1669");
  if (dataset.is_virtual)
    add(Finding::kLink, "a virtual dataset, which is put together from other files", "CVE-2026-1669");
  for (const unsigned filter : dataset.filters)
    if (filter > 3)
      add(Finding::kCode, cat("values behind filter number ", filter, ", for which HDF5 would load a plug-in"), "");
  const bool outside = dataset.is_virtual || !dataset.external_files.empty();
  if (!outside && dataset.declared > kHarmlessBytes && dataset.declared / kHarmlessRatio > dataset.stored)
    add(Finding::kBomb, cat("a dataset that claims ", dataset.declared, " bytes and has ", dataset.stored),
        "CVE-2026-0897");
}

void scan_root(const Hdf5File& file, const std::string& where, Scan& scan) {
  const Hdf5Group root = file.root();
  for (const char* name : {"keras_version"})
    if (const auto text = root.text(name)) scan.keras_version = *text;
  for (const std::string& name : root.attribute_names()) {
    if (name != "model_config" && name != "training_config") continue;
    if (const auto text = root.text(name)) scan_config_text(*text, cat(where, ": ", name), true, scan);
  }
  if (scan.format == "h5" && !root.has_attribute("model_config")) scan.format = "weights.h5";
}

}  // namespace

void scan_hdf5(SharedBytes bytes, const std::string& where, Scan& scan) {
  try {
    const Hdf5File file = Hdf5File::open_image(std::move(bytes), where);
    try {
      scan_root(file, where, scan);
    } catch (const FileError& error) {
      scan.findings.push_back({Finding::kDamage, where, error.what(), "", ""});
    }
    const hdf5::Survey survey = hdf5::survey(file.image());
    for (const hdf5::SurveyedDataset& dataset : survey.datasets) scan_dataset(dataset, where, scan);
    for (const hdf5::SurveyedLink& link : survey.links)
      scan.findings.push_back({Finding::kLink, cat(where, ": /", link.path),
                               cat(link.is_external ? "an external link to '" : "a soft link to '", link.target, "'"),
                               link.is_external ? "CVE-2026-1669" : "", ""});
    for (const auto& problem : survey.problems)
      scan.findings.push_back({Finding::kDamage, cat(where, ": /", problem.path), problem.what, "", ""});
  } catch (const FileError& error) {
    scan.findings.push_back({Finding::kDamage, where, error.what(), "", ""});
  }
}

}  // namespace cornu::saving
