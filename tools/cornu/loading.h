// From MODEL on the command line to a model: any model file, or an architecture as JSON.
#pragma once

#include <string>
#include <vector>

#include "cornu/saving/model_file.h"
#include "cornu/trainers/model.h"
#include "tools/cornu/command.h"

namespace cornu::tool {

struct ModelWords {
  std::string path;
  std::string weights;  // for a .json: where its weights come from
};
// Adds MODEL and --weights to a subcommand; gives MODEL.
CLI::Option* add_model(CLI::App& command, ModelWords& words);
// "--x ARRAY... MODEL": an option of many values has also taken MODEL, which no ARRAY can be mistaken for. Puts it in
// its place. Throws UsageError when there is none.
void find_model(ModelWords& words, const std::vector<std::vector<std::string>*>& arrays);

bool is_json(const std::string& path);

// The file as it stands; of a .json, the architecture and, when it has one, the compile configuration.
saving::ModelFile read_file(const ModelWords& words);
// The network alone: nothing of the file's training configuration is looked at.
Model network_of_file(const saving::ModelFile& file);
Model load_network(const ModelWords& words);

// What the command line puts in the place of the file's compile configuration; null keeps it.
struct CompileWords {
  Json optimizer, loss, metrics;
  bool drop_optimizer_state = false;
  std::string engine = {};  // "": the default
};
// The model, ready to be trained or evaluated. The optimizer's state is the file's, unless the optimizer is replaced.
// Throws ValueError when there is no loss.
Model load_compiled(const ModelWords& words, const CompileWords& replaced);
void compile_from_file(const Model& model, const saving::ModelFile& file, const CompileWords& replaced);

}  // namespace cornu::tool
