// cornu convert: the same model in another format.
#include "cornu/models/from_file.h"
#include "cornu/saving/checksums.h"
#include "cornu/saving/self_test.h"
#include "cornu/saving/weights_file.h"
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
  bool strip = false, only_weights = false, drop_optimizer_state = false;
  double max_shard_size = 5;  // in GB, Keras's default
};

void write_architecture(const saving::ModelFile& file, const std::string& path) {
  Json out = file.architecture;
  if (file.compile_config) out["compile_config"] = *file.compile_config;
  write_text(path, dump_json(out));
}

// What a judge needs is architecture and weights; the rest says how it was trained.
void strip(saving::ModelFile& file) {
  file.compile_config.reset();
  file.optimizer.clear();
  file.lost_optimizer.clear();
}

// Calls of old functional models say nothing of shapes, which Keras 3 wants to read there: the layers know them.
bool lacks_shapes(const Json& value) {
  if (value.is_object() && value.contains("class_name") && value["class_name"] == "__keras_tensor__")
    return !value.contains("config") || !value["config"].contains("shape");
  if (value.is_structured())
    for (const Json& item : value)
      if (lacks_shapes(item)) return true;
  return false;
}

bool is_whole_h5(const ConvertWords& w) {
  const std::string name = lower(w.output);
  return !w.only_weights && !ends_with(name, ".weights.h5") && (ends_with(name, ".h5") || ends_with(name, ".hdf5"));
}

void write(const saving::ModelFile& file, const ConvertWords& w) {
  const std::string name = lower(w.output);
  const bool weights = w.only_weights || ends_with(name, ".weights.h5") || ends_with(name, ".weights.json");
  if (ends_with(name, ".weights.json"))
    return saving::write_weight_shards(file, w.output, static_cast<std::uint64_t>(w.max_shard_size * 1073741824.0));
  if (w.keras_version == 2)
    return weights ? saving::write_keras2_weights_file(file, w.output) : saving::write_keras2_file(file, w.output);
  if (weights) return saving::write_weights_file(file, w.output);
  if (w.checksums) return saving::write_h5_with_checksums(file, w.output);
  // The same model gives the same answers.
  const std::optional<saving::SelfTest> self_test =
      is_json(w.model.path) ? std::nullopt : saving::read_self_test(w.model.path);
  if (self_test)
    saving::write_model_file(file, w.output, *self_test);
  else
    saving::write_model_file(file, w.output);
}

void convert(const ConvertWords& w) {
  check_ending(w.output, {".h5", ".hdf5", ".keras", ".json"}, "OUT");
  if (w.checksums && (w.keras_version == 2 || !is_whole_h5(w)))
    throw UsageError(cat("--checksums is for a .h5 of a whole model, as Keras 3 has it\n  received: ", w.output,
                         "\n  expected: OUT.h5; a .keras has the checksums of its zip"));
  if (w.keras_version == 1)
    throw NotSupportedError("this build does not write for Keras 1\n  expected: --keras-version 2 or 3");
  check_writable(w.output);
  saving::ModelFile file = read_file(w.model);
  for (const std::string& text : file.notes) note(text);
  if (w.strip) strip(file);
  if (!w.strip && !file.lost_optimizer.empty()) {
    if (!w.drop_optimizer_state)
      throw FileError(cat(file.lost_optimizer, "\n  way out: --drop-optimizer-state, or --strip for a judge"));
    file.lost_optimizer.clear();
  }
  if (w.drop_optimizer_state) file.optimizer.clear();
  if (is_json(w.output) && !ends_with(lower(w.output), ".weights.json")) {
    write_architecture(file, w.output);
    if (!file.weights.empty()) note("an architecture holds no weights; they are left behind");
    return;
  }
  if (w.keras_version == 3 && lacks_shapes(file.architecture))
    file.architecture = models::architecture_of(models::network_from_config(file.architecture));
  // An architecture without weights gets fresh ones, as where it is trained; else nothing is built: a file with layers
  // that Cornu cannot compute can still change its format.
  if (file.weights.empty()) {
    const std::optional<Json> compile = file.compile_config;
    file = models::file_from_network(network_of_file(file));
    file.compile_config = compile;
  }
  write(file, w);
}

}  // namespace

void add_convert(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand(
      "convert", "writes the same model in another format (.h5, .keras, .json, .weights.h5, .weights.json)");
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
  command->add_flag("--strip", words->strip, "without optimizer and training configuration: what a judge needs");
  command->add_flag("--only-weights", words->only_weights, "an .h5 of weights, in the form of older versions");
  command->add_flag("--drop-optimizer-state", words->drop_optimizer_state, "the optimizer begins anew in OUT");
  command->add_option("--max-shard-size", words->max_shard_size, "of the files of a .weights.json, in GB")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->callback([&action, words] { action = [words] { convert(*words); }; });
}

}  // namespace cornu::tool
