// Looking into a zip archive: what Keras would unpack, and what its members would do.
#include <set>

#include "cornu/core/error.h"
#include "cornu/saving/config_text.h"
#include "cornu/saving/scan.h"

namespace cornu::saving {
namespace {

constexpr std::uint64_t kMaxScanned = std::uint64_t{8} << 30;
constexpr std::uint64_t kHarmlessBytes = std::uint64_t{64} << 20;
constexpr std::uint64_t kHarmlessRatio = 100;  // what Keras 3.15 allows

void scan_entry(const ZipEntry& entry, std::set<std::string>& names, const std::string& where, Scan& scan) {
  const std::string at = cat(where, ": ", entry.name);
  if (const std::string why = unsafe_member(entry); !why.empty())
    scan.findings.push_back({Finding::kReference, at, cat("a member with ", why), "GHSA-hqp4-2352-xf5r", ""});
  if (!names.insert(entry.name).second)
    scan.findings.push_back(
        {Finding::kDamage, at, "a second member of that name: each reader chooses another", "", ""});
  if (is_zip_bomb(entry) || (entry.size > kHarmlessBytes && entry.size / kHarmlessRatio > entry.stored))
    scan.findings.push_back(
        {Finding::kBomb, at, cat("a member that claims ", entry.size, " bytes and has ", entry.stored), "", ""});
  if (entry.is_encrypted)
    scan.findings.push_back({Finding::kDamage, at, "an encrypted member, which cannot be looked into", "", ""});
  for (const char* ending : {".pkl", ".pickle", ".pt", ".pth", ".py", ".pyc", ".so", ".dll"})
    if (ends_with(lower(entry.name), ending))
      scan.findings.push_back({Finding::kCode, at, "a member that holds code or a pickle", "", ""});
}

}  // namespace

void scan_zip(std::string_view bytes, const std::string& where, Scan& scan) {
  try {
    const ZipArchive archive = ZipArchive::open_image(bytes, where);
    std::set<std::string> names;
    for (const ZipEntry& entry : archive.entries()) scan_entry(entry, names, where, scan);
    const auto read = [&](const std::string& name, std::uint64_t limit) -> std::optional<std::string> {
      try {
        return archive.read(name, limit);
      } catch (const FileError& error) {
        scan.findings.push_back({Finding::kDamage, cat(where, ": ", name), error.what(), "", ""});
        return std::nullopt;
      }
    };
    if (const auto text = read("metadata.json", kMaxConfigBytes))
      scan_config_text(*text, cat(where, ": metadata.json"), false, scan);
    if (const auto text = read("config.json", kMaxConfigBytes))
      scan_config_text(*text, cat(where, ": config.json"), false, scan);
    for (const std::string& name : names) {
      if (!ends_with(name, ".h5") && !ends_with(name, ".hdf5")) continue;
      if (auto member = read(name, kMaxScanned))
        scan_hdf5(std::make_shared<const std::string>(std::move(*member)), cat(where, ": ", name), scan);
    }
  } catch (const FileError& error) {
    scan.findings.push_back({Finding::kDamage, where, error.what(), "", ""});
  }
}

}  // namespace cornu::saving
