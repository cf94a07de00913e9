// cornu convert: the same model in another format.
#include "cornu/models/from_file.h"
#include "cornu/saving/checksums.h"
#include "cornu/saving/self_test.h"
#include "tools/cornu/command.h"
#include "tools/cornu/loading.h"
#include "tools/cornu/output.h"

namespace cornu::tool {
namespace {

struct ConvertWords {
  ModelWords model;
  std::string output;
  int keras_version = 3;
  bool checksums = false;
};

void write_architecture(const saving::ModelFile& file, const std::string& path) {
  Json out = file.architecture;
  if (file.compile_config) out["compile_config"] = *file.compile_config;
  write_text(path, dump_json(out));
}

void convert(const ConvertWords& w) {
  check_ending(w.output, {".h5", ".hdf5", ".keras", ".json"}, "OUT");
  if (ends_with(lower(w.output), ".weights.h5"))
    throw NotSupportedError(cat("this build does not write weights files\n  received: ", w.output,
                                "\n  way out: a whole model, .h5 or .keras"));
  if (w.keras_version != 3)
    throw NotSupportedError(
        cat("this build does not write for Keras ", w.keras_version, "\n  expected: --keras-version 3"));
  if (w.checksums && !ends_with(lower(w.output), ".h5") && !ends_with(lower(w.output), ".hdf5"))
    throw UsageError(cat("--checksums is for a .h5\n  received: ", w.output,
                         "\n  expected: OUT.h5; a .keras has the checksums of its zip"));
  check_writable(w.output);
  saving::ModelFile file = read_file(w.model);
  for (const std::string& text : file.notes) note(text);
  if (is_json(w.output)) {
    write_architecture(file, w.output);
    if (!file.weights.empty()) note("an architecture holds no weights; they are left behind");
    return;
  }
  // An architecture without weights gets fresh ones, as where it is trained; else nothing is built: a file with layers
  // that Cornu cannot compute can still change its format.
  if (file.weights.empty()) {
    const std::optional<Json> compile = file.compile_config;
    file = models::file_from_network(network_of_file(file));
    file.compile_config = compile;
  }
  if (w.checksums) return saving::write_h5_with_checksums(file, w.output);
  // The same model gives the same answers.
  const std::optional<saving::SelfTest> self_test =
      is_json(w.model.path) ? std::nullopt : saving::read_self_test(w.model.path);
  if (self_test)
    saving::write_model_file(file, w.output, *self_test);
  else
    saving::write_model_file(file, w.output);
}

}  // namespace

void add_convert(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("convert", "writes the same model in another format (.h5, .keras, .json)");
  const auto words = std::make_shared<ConvertWords>();
  command->add_option("IN", words->model.path, "a .h5, .hdf5, .keras or .json file")->required();
  command->add_option("OUT", words->output, "the file that is written; its ending says the format")->required();
  command
      ->add_option("--weights", words->model.weights,
                   "for a .json: the file whose weights it takes (else they are fresh)")
      ->type_name("FILE");
  command->add_option("--keras-version", words->keras_version, "the generation of Keras that shall read it")
      ->check(CLI::Range(1, 3))
      ->capture_default_str();
  command->add_flag("--checksums", words->checksums,
                    "for a .h5: adds a checksum of each dataset, which `cornu verify` compares and Keras ignores");
  command->callback([&action, words] { action = [words] { convert(*words); }; });
}

}  // namespace cornu::tool
