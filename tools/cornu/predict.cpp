// cornu predict: the outputs of a model for arrays, into a file.
#include "cornu/data/npy.h"
#include "cornu/trainers/trainer.h"
#include "tools/cornu/arguments.h"
#include "tools/cornu/command.h"
#include "tools/cornu/loading.h"
#include "tools/cornu/output.h"

namespace cornu::tool {
namespace {

struct PredictWords {
  ModelWords model;
  std::vector<std::string> x;
  std::string output;
  std::int64_t batch_size = 32;
  int threads = 0;
  std::optional<int> verbose;
};

void write_outputs(const std::vector<Tensor>& outputs, const std::string& path) {
  if (ends_with(lower(path), ".npy")) {
    if (outputs.size() != 1)
      throw ValueError(cat("the model has ", outputs.size(), " outputs\n  received: '", path,
                           "', which holds one array\n  way out: -o FILE.npz"));
    return data::save_npy(path, outputs[0]);
  }
  std::vector<data::NamedArray> arrays;
  for (std::size_t i = 0; i < outputs.size(); ++i) arrays.push_back({cat("y", i), outputs[i]});
  data::save_npz(path, arrays);
}

void predict(const PredictWords& w) {
  check_ending(w.output, {".npy", ".npz"}, "--output");
  check_writable(w.output);
  use_threads(w.threads);
  const Model model = load_network(w.model);
  PredictArguments arguments{.batch_size = w.batch_size, .verbose = w.verbose.value_or(stderr_is_terminal() ? 1 : 0)};
  if (arguments.verbose.value > 0) arguments.callbacks.push_back(progress());
  const DataArrays data = model.trainer().prepare(load_arrays(w.x), {}, {}, {}, "predict");
  write_outputs(model.trainer().predict(data.x, arguments), w.output);
}

}  // namespace

void add_predict(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("predict", "writes what a model says about arrays");
  const auto words = std::make_shared<PredictWords>();
  PredictWords& w = *words;
  add_model(*command, w.model);
  command->add_option("--x", w.x, "inputs; once for each input of the model")->required()->type_name("ARRAY");
  command->add_option("-o,--output", w.output, "FILE.npy for one output; FILE.npz with y0, y1, ... for several")
      ->required()
      ->type_name("FILE");
  command->add_option("--batch-size", w.batch_size, "samples in a step")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_option("--threads", w.threads, "how many threads compute (else CORNU_THREADS, else all cores)")
      ->check(CLI::Range(1, 1024));
  command->add_option("--verbose", w.verbose, "0 silent, 1 a progress bar, 2 a line (1 on a terminal, else 0)")
      ->check(CLI::Range(0, 2));
  command->callback([&action, words] { action = [words] { find_model(words->model, {&words->x}), predict(*words); }; });
}

}  // namespace cornu::tool
