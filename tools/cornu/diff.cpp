// cornu diff: what differs between two model files, whatever their formats and generations; and one file as lines that
// git can compare.
#include "tools/cornu/command.h"
#include "tools/cornu/compare.h"
#include "tools/cornu/loading.h"
#include "tools/cornu/output.h"
#include "tools/cornu/textconv.h"

namespace cornu::tool {
namespace {

struct DiffWords {
  ModelWords a, b;
  bool json = false;
  bool textconv = false;
};

std::string heading(const std::string& title, std::size_t count) {
  return cat(title, ": ", count == 0 ? "same" : cat(count, count == 1 ? " difference" : " differences"), "\n");
}

std::string line_of(const Json& item) {
  const std::string at = item["at"].get<std::string>();
  if (!item.contains("largest_difference"))
    return cat(at, ": ", dump_json(item["a"]), " | ", dump_json(item["b"]), "\n");
  const Json& relative = item["relative_change"];
  return cat(at, ": ", item["differing"].get<std::int64_t>(), " of ", item["elements"].get<std::int64_t>(),
             " numbers, by up to ", repr(item["largest_difference"].get<double>()), " (largest number ",
             repr(item["largest_value"].get<double>()), ")",
             relative.is_null() ? "" : cat(", relative change ", repr(relative.get<double>())), "\n");
}

std::string shown(const std::string& title, const Json& list) {
  std::string out = heading(title, list.size());
  for (const Json& item : list) out += "  " + line_of(item);
  return out;
}

std::string shown_architecture(const Json& layers, const Json& frame) {
  std::size_t count = frame.size();
  for (const Json& list : layers) count += list.size();
  std::string out = heading("architecture", count);
  for (const char* word : {"removed", "added"})
    for (const Json& layer : layers[word])
      out += cat("  ", word, " layer ", dump_json(layer["name"]), " (", layer["class"].get<std::string>(), "), number ",
                 layer["place"].get<std::size_t>() + 1, "\n");
  for (const Json& layer : layers["renamed"])
    out += cat("  renamed layer ", dump_json(layer["a"]), " to ", dump_json(layer["b"]), "\n");
  for (const Json& layer : layers["changed"]) {
    out += cat("  changed layer ", dump_json(layer["name"]), " (", layer["class"].get<std::string>(), ")\n");
    for (const Json& key : layer["keys"]) out += "    " + line_of(key);
  }
  for (const Json& item : frame) out += "  " + line_of(item);
  return out;
}

void diff(const DiffWords& w) {
  if (w.textconv != w.b.path.empty())
    throw UsageError(w.textconv ? cat("--textconv shows one file\n  received: ", w.a.path, " and ", w.b.path)
                                : cat("diff compares two files\n  received: ", w.a.path, "\n  expected: A B"));
  if (w.textconv) return print(text_of(read_file(w.a)));
  const Json result = compare_models(read_file(w.a), read_file(w.b));
  if (w.json) return print(pretty(result));
  print(shown_architecture(result["layers"], result["architecture"]) + shown("weights", result["weights"]) +
        shown("training configuration", result["training_config"]) + shown("optimizer", result["optimizer"]) +
        shown("optimizer state", result["optimizer_state"]));
}

}  // namespace

void add_diff(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("diff", "prints what differs between two model files");
  const auto words = std::make_shared<DiffWords>();
  command->add_option("A", words->a.path, "a .h5, .hdf5, .keras or .json file")->required();
  command->add_option("B", words->b.path, "another");
  command->add_flag("--json", words->json, "the same for programs");
  command->add_flag("--textconv", words->textconv,
                    "one file as lines of text, for git: git config diff.keras.textconv");
  command->footer("The exit status is 0 whether or not they differ: 1 always means an error.");
  command->callback([&action, words] { action = [words] { diff(*words); }; });
}

}  // namespace cornu::tool
