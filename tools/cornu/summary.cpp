// cornu summary: Keras's table of a model.
#include "tools/cornu/command.h"
#include "tools/cornu/loading.h"
#include "tools/cornu/output.h"

namespace cornu::tool {
namespace {

void summary(const ModelWords& words, const SummaryOptions& options) {
  const saving::ModelFile file = read_file(words);
  const Model model = network_of_file(file);
  // The last line counts what the optimizer holds. A table needs no usable loss, so one that is not is only a remark.
  if (file.compile_config) try {
      compile_from_file(model, file, {});
    } catch (const Error& error) {
      note(cat("without the optimizer: ", error.what()));
    }
  print(model.summary(options));
}

}  // namespace

void add_summary(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("summary", "prints the table of a model, as Keras's model.summary()");
  const auto words = std::make_shared<std::pair<ModelWords, SummaryOptions>>();
  add_model(*command, words->first)->required();
  SummaryOptions& options = words->second;
  command->add_option("--line-length", options.line_length, "columns of the table")
      ->check(CLI::Range(20, 10000))
      ->capture_default_str();
  command->add_flag("--expand-nested", options.expand_nested, "also the layers of models inside");
  command->add_flag("--show-trainable", options.show_trainable, "a column that says what is trained");
  command->callback([&action, words] { action = [words] { summary(words->first, words->second); }; });
}

}  // namespace cornu::tool
