// cornu verify: is a model file whole? Everything in it is read, and shapes are held against the architecture.
#include <cmath>

#include "cornu/saving/verify.h"
#include "tools/cornu/command.h"
#include "tools/cornu/loading.h"
#include "tools/cornu/output.h"

namespace cornu::tool {
namespace {

bool all_finite(const Tensor& t) {
  if (!is_floating(t.dtype())) return true;
  for (std::int64_t i = 0; i < t.size(); ++i)
    if (!std::isfinite(t.at(i))) return false;
  return true;
}

// The bytes themselves, before anything of them is used.
saving::Verification verify_bytes(const std::string& path) {
  saving::Verification result = saving::verify_file(path);
  if (result.problems.empty()) return result;
  std::string list;
  for (const std::string& problem : result.problems) list += cat("\n  received: ", problem);
  throw FileError(cat("'", path, "' is not whole: ", result.problems.size(),
                      result.problems.size() == 1 ? " problem" : " problems", list, "\n  way out: `cornu repair ", path,
                      " OUT` writes what is whole"));
}

void verify(const ModelWords& words) {
  const saving::Verification bytes = verify_bytes(words.path);
  const std::string checked =
      cat(bytes.datasets, " datasets, ", bytes.checksums, bytes.checksums == 1 ? " checksum" : " checksums");
  if (saving::holds_weights_only(words.path)) {
    print(cat(words.path, ": whole (weights alone: ", checked, ")\n"));
    return;
  }
  const saving::ModelFile file = read_file(words);
  std::int64_t weights = 0, parameters = 0;
  for (const saving::LayerWeights& group : file.weights)
    for (const saving::NamedTensor& weight : group.weights) {
      ++weights;
      parameters += weight.value.size();
      if (!all_finite(weight.value))
        note(cat("weight \"", weight.name, "\" of layer \"", group.layer, "\" holds NaN or infinity"));
    }
  for (const saving::NamedTensor& variable : file.optimizer)
    if (!all_finite(variable.value)) note(cat("optimizer variable \"", variable.name, "\" holds NaN or infinity"));
  try {
    const Model model = network_of_file(file);
    if (file.compile_config) compile_from_file(model, file, {});
  } catch (const NotSupportedError& error) {
    // The file may be in order all the same: it is Cornu that lacks something.
    note(cat("shapes were not held against the architecture: ", error.what()));
  }
  print(cat(words.path, ": whole (", weights, " weights, ", with_commas(parameters), " parameters, ",
            file.optimizer.size(), " optimizer variables; ", checked, ")\n"));
}

}  // namespace

void add_verify(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("verify", "is a model file whole: readable to its end, with shapes that fit");
  const auto words = std::make_shared<ModelWords>();
  command->add_option("FILE", words->path, "a .h5, .hdf5, .keras or .json file")->required();
  command->callback([&action, words] { action = [words] { verify(*words); }; });
}

}  // namespace cornu::tool
