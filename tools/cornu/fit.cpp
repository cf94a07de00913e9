// cornu fit: trains a model on arrays and saves it.
#include <algorithm>
#include <cstring>

#include "cornu/callbacks/callbacks.h"
#include "cornu/core/random.h"
#include "cornu/models/from_file.h"
#include "cornu/saving/self_test.h"
#include "tools/cornu/arguments.h"
#include "tools/cornu/command.h"
#include "tools/cornu/loading.h"
#include "tools/cornu/output.h"
#include "tools/cornu/training.h"

namespace cornu::tool {
namespace {

struct FitWords {
  ModelWords model;
  std::vector<std::string> x, y, validation_x, validation_y;
  std::string output, sample_weight, class_weight, optimizer, loss, metrics, callbacks, history;
  std::string resume;
  std::int64_t epochs = 1, batch_size = 32, initial_epoch = 0, backup_freq = 0, self_test = 0;
  std::optional<std::uint64_t> seed;
  double validation_split = 0.0;
  bool shuffle = true, drop_optimizer_state = false;
  int verbose = 1;
  ComputeWords compute;
};

void add_data(CLI::App& fit, FitWords& w) {
  fit.add_option("--x", w.x, "inputs; once for each input of the model")->required()->type_name("ARRAY");
  fit.add_option("--y", w.y, "targets; once for each output")->required()->type_name("ARRAY");
  auto* vx =
      fit.add_option("--validation-x", w.validation_x, "inputs to validate with after each epoch")->type_name("ARRAY");
  auto* vy = fit.add_option("--validation-y", w.validation_y, "their targets")->type_name("ARRAY");
  vx->needs(vy);
  vy->needs(vx);
  fit.add_option("--validation-split", w.validation_split, "this part of the data, taken from its end, validates")
      ->check(CLI::Range(0.0, 1.0))
      ->excludes(vx);
  auto* sample = fit.add_option("--sample-weight", w.sample_weight, "a weight for each sample")->type_name("ARRAY");
  fit.add_option("--class-weight", w.class_weight, "a weight for each class: 0=1.0,1=2.5")
      ->type_name("CLASS=WEIGHT,...")
      ->excludes(sample);
  fit.add_option("--self-test", w.self_test,
                 "records so many samples of the data with the model's answers in the file; a judge compares when it "
                 "opens it, Keras does not look at them")
      ->check(CLI::Range(1, 1000))
      ->type_name("N");
  fit.add_option("-o,--output", w.output, "the file that is written: .h5, .hdf5 or .keras")
      ->required()
      ->type_name("OUT");
}

void add_training(CLI::App& fit, FitWords& w) {
  fit.add_option("--epochs", w.epochs, "the epoch at which training ends")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  fit.add_option("--initial-epoch", w.initial_epoch, "the epoch at which it begins")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  fit.add_option("--batch-size", w.batch_size, "samples in a step")->check(CLI::PositiveNumber)->capture_default_str();
  fit.add_flag("--shuffle,!--no-shuffle", w.shuffle, "another order of the samples in each epoch (the default)");
  fit.add_option("--seed", w.seed, "makes everything random repeat");
  fit.add_option("--optimizer", w.optimizer, "a new optimizer instead of the file's: sgd, adam:learning_rate=0.01, ...")
      ->type_name("NAME[:KEY=VALUE,...]");
  fit.add_flag("--drop-optimizer-state", w.drop_optimizer_state,
               "the file's optimizer begins anew; without it, a state that cannot be restored is an error");
  fit.add_option("--loss", w.loss, "instead of the file's")->type_name("NAME");
  fit.add_option("--metrics", w.metrics, "instead of the file's: accuracy,mse")->type_name("A,B");
  fit.add_option("--callbacks", w.callbacks, "a list of Keras callback objects, as JSON")->type_name("FILE.json");
  auto* resume = fit.add_option("--resume", w.resume,
                                "keeps a backup in this folder, and goes on from one that is there: the result is that "
                                "of a run without interruption, to the last byte");
  resume->type_name("DIR");
  fit.add_option("--backup-freq", w.backup_freq, "with --resume: a backup every N batches, not only after each epoch")
      ->check(CLI::PositiveNumber)
      ->needs(resume);
  fit.add_option("--history", w.history, "receives {\"loss\": [...], ...}")->type_name("FILE.json");
  add_compute(fit, w.compute);
  fit.add_option("--verbose", w.verbose, "0 silent, 1 a progress bar, 2 a line an epoch")
      ->check(CLI::Range(0, 2))
      ->capture_default_str();
}

FitArguments fit_arguments(const FitWords& w) {
  FitArguments out;
  out.batch_size = w.batch_size;
  out.epochs = w.epochs;
  out.initial_epoch = w.initial_epoch;
  out.validation_split = w.validation_split;
  out.shuffle = w.shuffle;
  out.verbose = w.verbose;
  if (!w.callbacks.empty())
    out.callbacks = callbacks_from(parse_json(read_text(w.callbacks, "the callbacks"), w.callbacks), w.callbacks);
  // The file is safe before the backup goes: it is deleted there.
  if (!w.resume.empty())
    out.callbacks.push_back(
        callbacks::BackupAndRestore(w.resume, {.save_freq = w.backup_freq, .delete_checkpoint = false}));
  return out;
}

// What an engine on another machine may make of the same layers: those of 16 bits are rounded to 8 digits or 11, at
// places that are the engine's choice.
double tolerance_of(const NetworkImpl& network) {
  double out = saving::SelfTest().tolerance;
  for (const Layer& layer : network.layers()) {
    if (const auto* inner = dynamic_cast<const NetworkImpl*>(&layer.impl())) out = std::max(out, tolerance_of(*inner));
    if (layer.impl().compute_dtype() == bfloat16) out = std::max(out, 1.0 / 16);
    if (layer.impl().compute_dtype() == float16) out = std::max(out, 1.0 / 128);
  }
  return out;
}

// Samples from all over the data, with what the trained model says.
saving::SelfTest golden_samples(const Model& model, const DataArrays& data, std::int64_t wanted) {
  const std::int64_t n = std::min(wanted, data.samples());
  const std::vector<TensorSpec> specs = model.trainer().network().inputs();
  saving::SelfTest out;
  out.tolerance = tolerance_of(model.trainer().network());
  for (std::size_t i = 0; i < specs.size(); ++i) {
    const Tensor& all = data.x[i];
    Tensor some = Tensor::empty(all.shape().slice(1, all.rank()).with_batch(n), all.dtype());
    const std::size_t row = some.bytes() / static_cast<std::size_t>(n);
    for (std::int64_t s = 0; s < n; ++s)
      std::memcpy(static_cast<char*>(some.mutable_raw()) + static_cast<std::size_t>(s) * row,
                  static_cast<const char*>(all.raw()) + static_cast<std::size_t>(s * data.samples() / n) * row, row);
    out.x.push_back(some.astype(specs[i].dtype));
  }
  out.y = model.trainer().predict(out.x, {.verbose = 0});
  return out;
}

void save(const Model& model, const std::optional<saving::SelfTest>& self_test, const std::string& path) {
  if (!self_test) return model.save(path);
  saving::ModelFile file = models::file_from_network(model);
  model.trainer().add_training(file);
  saving::write_model_file(file, path, *self_test);
}

void fit(const FitWords& w) {
  check_ending(w.output, {".h5", ".hdf5", ".keras"}, "--output");
  CompileWords compile;
  if (!w.optimizer.empty()) compile.optimizer = parse_optimizer(w.optimizer);
  if (!w.loss.empty()) compile.loss = w.loss;
  if (!w.metrics.empty()) compile.metrics = parse_names(w.metrics, "--metrics");
  compile.drop_optimizer_state = w.drop_optimizer_state;
  const std::map<std::int64_t, double> class_weight =
      w.class_weight.empty() ? std::map<std::int64_t, double>{} : parse_class_weight(w.class_weight);
  check_writable(w.output);
  if (!w.history.empty()) check_writable(w.history);
  compute_as(w.compute);
  if (w.seed) set_global_seed(*w.seed);

  const Model model = load_compiled(w.model, compile);
  const FitArguments arguments = fit_arguments(w);
  std::optional<Tensor> sample_weight;
  if (!w.sample_weight.empty()) sample_weight = load_sample_weight(w.sample_weight);
  DataArrays data = model.trainer().prepare(load_arrays(w.x), load_arrays(w.y), sample_weight, class_weight, "fit");
  std::optional<DataArrays> validation;
  if (!w.validation_x.empty())
    validation = model.trainer().prepare(load_arrays(w.validation_x), load_arrays(w.validation_y), {}, {}, "fit");
  const DataArrays samples = w.self_test > 0 ? data : DataArrays{};
  train(model, std::move(data), std::move(validation), arguments, w.history);
  if (!is_first_process()) return;
  std::optional<saving::SelfTest> self_test;
  if (w.self_test > 0) self_test = golden_samples(model, samples, w.self_test);
  save(model, self_test, w.output);
  if (!w.resume.empty()) callbacks::BackupAndRestore::remove(w.resume);
}

}  // namespace

void add_fit(CLI::App& app, Action& action) {
  CLI::App* fit_command = app.add_subcommand("fit", "trains a model and saves it");
  const auto words = std::make_shared<FitWords>();
  add_model(*fit_command, words->model);
  add_data(*fit_command, *words);
  add_training(*fit_command, *words);
  fit_command->callback([&action, words] {
    action = [words] {
      find_model(words->model, {&words->x, &words->y, &words->validation_x, &words->validation_y}), fit(*words);
    };
  });
}

}  // namespace cornu::tool
