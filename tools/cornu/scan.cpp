// cornu scan: what a model file would do to Keras, without loading it.
#include "cornu/saving/scan.h"

#include "tools/cornu/command.h"
#include "tools/cornu/output.h"

namespace cornu::tool {
namespace {

struct ScanWords {
  std::string path;
  bool json = false;
};

// One line, whatever bytes the file put into a name.
std::string printable(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n')
      out += "; ";
    else if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f)
      out += c;
    else
      out += '?';
  }
  return out;
}

Json as_json(const saving::Scan& scan, const std::string& path) {
  Json findings = Json::array();
  for (const saving::Finding& finding : scan.findings)
    findings.push_back({{"kind", name_of(finding.kind)},
                        {"where", finding.where},
                        {"what", finding.what},
                        {"pattern", finding.pattern.empty() ? Json() : Json(finding.pattern)},
                        {"instead", finding.instead.empty() ? Json() : Json(finding.instead)}});
  return {{"file", path},
          {"format", scan.format},
          {"keras_version", scan.keras_version.empty() ? Json() : Json(scan.keras_version)},
          {"clean", scan.findings.empty()},
          {"findings", findings}};
}

std::string as_text(const saving::Scan& scan, const std::string& path) {
  std::string out =
      cat(path, ": ", scan.format, scan.keras_version.empty() ? "" : " of Keras " + printable(scan.keras_version), ": ",
          scan.findings.empty() ? "nothing found" : cat(scan.findings.size(), " found"), "\n");
  for (const saving::Finding& finding : scan.findings) {
    out += cat("  ", name_of(finding.kind), ": ", printable(finding.what));
    if (!finding.pattern.empty()) out += cat(" [", finding.pattern, "]");
    out += cat("\n    at ", printable(finding.where), "\n");
    if (!finding.instead.empty()) out += cat("    the same without code: ", finding.instead, "\n");
  }
  return out;
}

void scan(const ScanWords& words) {
  const saving::Scan result = saving::scan_file(words.path);
  print(words.json ? pretty(as_json(result, words.path)) : as_text(result, words.path));
  if (result.findings.empty()) return;
  close_stdout();
  throw FileError(
      cat("'", words.path, "' is not to be trusted\n  received: ", result.findings.size(),
          " of the things that a harmless model file does not have\n  way out: open it with Cornu, which runs "
          "and fetches nothing, or get it from a source you trust"));
}

}  // namespace

void add_scan(CLI::App& app, Action& action) {
  CLI::App* command =
      app.add_subcommand("scan", "what a model file would do to Keras: code, imports, paths, links, bombs");
  const auto words = std::make_shared<ScanWords>();
  command->add_option("FILE", words->path, "a .h5, .weights.h5, .keras, .json or .yaml file")->required();
  command->add_flag("--json", words->json, "the same for programs");
  command->footer("The exit status is 0 when nothing was found and 1 when something was, or when FILE cannot be read.");
  command->callback([&action, words] { action = [words] { scan(*words); }; });
}

}  // namespace cornu::tool
