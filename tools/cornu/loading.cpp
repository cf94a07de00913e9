#include "tools/cornu/loading.h"

#include <algorithm>

#include "cornu/models/from_file.h"
#include "cornu/saving/raw_model.h"
#include "cornu/saving/weights_file.h"
#include "cornu/trainers/compile_config.h"
#include "cornu/trainers/trainer.h"
#include "tools/cornu/output.h"

namespace cornu::tool {
namespace {

std::string text_at(const Json& object, const char* key) {
  return object.contains(key) && object[key].is_string() ? object[key].get<std::string>() : "";
}

// An architecture goes through the same upgrades as a file, so that Keras 1 and 2 are understood here too.
saving::ModelFile read_json(const std::string& path) {
  Json json = parse_json(read_text(path, "the architecture"), path);
  // Some programs dumped the text that to_json() gives once more.
  if (json.is_string()) json = parse_json(json.get<std::string>(), path);
  if (!json.is_object() || !json.contains("class_name") || !json.contains("config"))
    throw FileError(cat("cannot use the architecture '", path, "'\n  received: ", dump_json(json).substr(0, 80),
                        "\n  expected: {\"class_name\": ..., \"config\": {...}}, as model.to_json() writes it"));
  const Json compile = json.contains("compile_config") ? json["compile_config"] : Json();
  json.erase("compile_config");
  saving::RawModel raw;
  raw.shown = path;
  raw.keras_version = text_at(json, "keras_version");
  raw.backend = text_at(json, "backend");
  raw.model_config = std::move(json);
  saving::ModelFile file = saving::upgrade(std::move(raw));
  if (!compile.is_null()) file.compile_config = compile;
  return file;
}

Json compile_json(const saving::ModelFile& file, const CompileWords& replaced) {
  Json config = file.compile_config && file.compile_config->is_object() ? *file.compile_config : Json::object();
  if (!replaced.optimizer.is_null()) config["optimizer"] = replaced.optimizer;
  if (!replaced.loss.is_null()) {
    config["loss"] = replaced.loss;
    config["loss_weights"] = nullptr;
  }
  if (!replaced.metrics.is_null()) config["metrics"] = replaced.metrics;
  if (!config.contains("loss") || config["loss"].is_null())
    throw ValueError(cat("the model says no loss\n  received: a file ",
                         file.compile_config ? "that was compiled without one" : "without compile configuration",
                         "\n  way out: --loss NAME, such as --loss categorical_crossentropy"));
  return config;
}

}  // namespace

CLI::Option* add_model(CLI::App& command, ModelWords& words) {
  command.add_option("--weights", words.weights, "for a .json: the file whose weights it takes (else they are fresh)")
      ->type_name("FILE");
  return command.add_option("MODEL", words.path, "a .h5, .hdf5 or .keras file, or an architecture (.json)");
}

void find_model(ModelWords& words, const std::vector<std::vector<std::string>*>& arrays) {
  const auto is_model = [](const std::string& word) {
    const std::string name = lower(word);
    return ends_with(name, ".h5") || ends_with(name, ".hdf5") || ends_with(name, ".keras") || ends_with(name, ".json");
  };
  for (std::vector<std::string>* list : arrays) {
    const auto found = std::find_if(list->begin(), list->end(), is_model);
    if (!words.path.empty() || found == list->end() || list->size() == 1) continue;
    words.path = *found;
    list->erase(found);
  }
  if (words.path.empty()) throw UsageError("MODEL is required");
}

bool is_json(const std::string& path) { return ends_with(lower(path), ".json"); }

saving::ModelFile read_file(const ModelWords& words) {
  if (!is_json(words.path)) {
    if (!words.weights.empty())
      throw UsageError(cat("--weights is for an architecture\n  received: ", words.path, "\n  expected: a .json file"));
    return saving::read_model_file(words.path);
  }
  saving::ModelFile file = read_json(words.path);
  if (words.weights.empty()) return file;
  saving::WeightsFile weights = saving::read_weights_file(words.weights, file.architecture);
  file.weights = std::move(weights.weights);
  file.optimizer = std::move(weights.optimizer);
  return file;
}

Model network_of_file(const saving::ModelFile& file) {
  // No weights at all: an architecture alone, whose weights are fresh.
  return Model(file.weights.empty() ? models::network_from_config(file.architecture) : models::network_from_file(file));
}

Model load_network(const ModelWords& words) { return network_of_file(read_file(words)); }

void compile_from_file(const Model& model, const saving::ModelFile& file, const CompileWords& replaced) {
  const Json config = compile_json(file, replaced);
  try {
    CompileArguments arguments = compile_arguments(config);
    arguments.engine = replaced.engine;
    model.compile(std::move(arguments));
  } catch (const Error& error) {
    // Where it is the file that cannot be used, the command line can.
    if (!replaced.optimizer.is_null() || !replaced.loss.is_null() || !replaced.metrics.is_null()) throw;
    throw ValueError(cat(error.what(), "\n  way out: --optimizer, --loss and --metrics replace what the file says"));
  }
  const bool has_state = !file.optimizer.empty() || !file.lost_optimizer.empty();
  if (!has_state || replaced.drop_optimizer_state) return;
  if (!replaced.optimizer.is_null()) {
    note(cat("--optimizer: a new optimizer begins; the state of the file's optimizer is left behind"));
    return;
  }
  restore_optimizer(model, file);
}

Model load_compiled(const ModelWords& words, const CompileWords& replaced) {
  const saving::ModelFile file = read_file(words);
  for (const std::string& text : file.notes) note(text);
  Model model = network_of_file(file);
  compile_from_file(model, file, replaced);
  return model;
}

}  // namespace cornu::tool
