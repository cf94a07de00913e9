// cornu evaluate: loss and metrics of a model on arrays.
#include "cornu/trainers/trainer.h"
#include "tools/cornu/arguments.h"
#include "tools/cornu/command.h"
#include "tools/cornu/loading.h"
#include "tools/cornu/output.h"
#include "tools/cornu/training.h"

namespace cornu::tool {
namespace {

struct EvaluateWords {
  ModelWords model;
  std::vector<std::string> x, y;
  std::string sample_weight, loss, metrics;
  std::int64_t batch_size = 32;
  bool json = false;
  ComputeWords compute;
  std::optional<int> verbose;
};

void evaluate(const EvaluateWords& w) {
  compute_as(w.compute);
  CompileWords compile;
  if (!w.loss.empty()) compile.loss = w.loss;
  if (!w.metrics.empty()) compile.metrics = parse_names(w.metrics, "--metrics");
  compile.drop_optimizer_state = true;  // nothing is trained
  const Model model = load_compiled(w.model, compile);
  std::optional<Tensor> sample_weight;
  if (!w.sample_weight.empty()) sample_weight = load_sample_weight(w.sample_weight);
  const DataArrays data = model.trainer().prepare(load_arrays(w.x), load_arrays(w.y), sample_weight, {}, "evaluate");
  EvaluateArguments arguments{.batch_size = w.batch_size, .verbose = w.verbose.value_or(stderr_is_terminal() ? 1 : 0)};
  if (arguments.verbose.value > 0) arguments.callbacks.push_back(progress());
  const Logs result = model.trainer().evaluate(data, arguments);
  if (!is_first_process()) return;
  Json json = Json::object();
  std::string text;
  for (const auto& [name, value] : result) {
    json[name] = value;
    text += cat(name, ": ", repr(value), "\n");
  }
  print(w.json ? dump_json(json) + "\n" : text);
}

}  // namespace

void add_evaluate(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("evaluate", "prints loss and metrics of a model");
  const auto words = std::make_shared<EvaluateWords>();
  EvaluateWords& w = *words;
  add_model(*command, w.model);
  command->add_option("--x", w.x, "inputs; once for each input of the model")->required()->type_name("ARRAY");
  command->add_option("--y", w.y, "targets; once for each output")->required()->type_name("ARRAY");
  command->add_option("--sample-weight", w.sample_weight, "a weight for each sample")->type_name("ARRAY");
  command->add_option("--batch-size", w.batch_size, "samples in a step")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_option("--loss", w.loss, "instead of the file's")->type_name("NAME");
  command->add_option("--metrics", w.metrics, "instead of the file's: accuracy,mse")->type_name("A,B");
  command->add_flag("--json", w.json, "prints {\"loss\": ..., ...} with every digit");
  add_compute(*command, w.compute);
  command->add_option("--verbose", w.verbose, "0 silent, 1 a progress bar, 2 a line (1 on a terminal, else 0)")
      ->check(CLI::Range(0, 2));
  command->callback([&action, words] {
    action = [words] { find_model(words->model, {&words->x, &words->y}), evaluate(*words); };
  });
}

}  // namespace cornu::tool
