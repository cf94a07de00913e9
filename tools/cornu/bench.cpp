// cornu bench: how long a model's steps take on this machine. Data are made up: they do not change the time.
#include <algorithm>
#include <chrono>
#include <cstdio>

#include "cornu/callbacks/callbacks.h"
#include "cornu/core/random.h"
#include "cornu/engine/cpu/kernels/kernels.h"
#include "cornu/engine/cpu/kernels/thread_pool.h"
#include "cornu/trainers/trainer.h"
#include "tools/cornu/arguments.h"
#include "tools/cornu/command.h"
#include "tools/cornu/loading.h"
#include "tools/cornu/output.h"

namespace cornu::tool {
namespace {

struct BenchWords {
  ModelWords model;
  std::vector<std::int64_t> batch_sizes = {1, 32, 256};
  std::string optimizer, loss;
  double seconds = 0.5;
  int threads = 0;
  bool json = false;
};

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

Tensor made_up(const Shape& shape, DType dtype) {
  RandomStream random(1);
  Tensor out = Tensor::empty(shape, float32);
  float* data = out.mutable_data<float>();
  for (std::int64_t i = 0; i < out.size(); ++i) data[i] = static_cast<float>(random.uniform());
  return out.astype(dtype);
}

// With any dimension that the model leaves open as 1.
Shape with_rows(const Shape& shape, std::int64_t rows) {
  Shape out;
  out.push_back(rows);
  for (int i = 1; i < shape.rank(); ++i) out.push_back(shape[i] < 0 ? 1 : shape[i]);
  return out;
}

// The median of calls that fill `seconds`, after one that prepares.
template <class F>
double median_time(double seconds, const F& call) {
  call();
  std::vector<double> times;
  const double end = now() + seconds;
  do {
    const double begin = now();
    call();
    times.push_back(now() - begin);
  } while (now() < end);
  std::nth_element(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2), times.end());
  return times[times.size() / 2];
}

std::vector<Tensor> inputs_of(const Model& model, std::int64_t rows) {
  std::vector<Tensor> x;
  for (const TensorSpec& spec : model.trainer().network().inputs())
    x.push_back(made_up(with_rows(spec.shape, rows), spec.dtype));
  return x;
}

double predict_time(const Model& model, std::int64_t batch, double seconds) {
  const std::vector<Tensor> x = inputs_of(model, batch);
  if (x.size() == 1 && model.output_names().size() == 1) {
    Tensor y;
    return median_time(seconds, [&] { model.predict_on_batch(x[0], y); });
  }
  return median_time(seconds, [&] { model.trainer().predict(x, {.batch_size = batch, .verbose = 0}); });
}

// Each sample of the next class: as a number where the loss wants numbers, else as a row with a one.
Tensor target_of(const OutputPlan& output, std::int64_t rows) {
  const Shape shape = with_rows(output.shape, rows);
  const std::int64_t classes = shape[shape.rank() - 1];
  if (output.loss && output.loss.resolve(shape, shape).impl().takes_class_numbers()) {
    Tensor labels(shape.slice(0, shape.rank() - 1), int32);
    for (std::int64_t i = 0; i < labels.size(); ++i)
      labels.mutable_data<std::int32_t>()[i] = static_cast<std::int32_t>(i % classes);
    return labels;
  }
  Tensor out(shape, float32);
  for (std::int64_t i = 0; i < out.size() / classes; ++i) out.mutable_data<float>()[i * classes + i % classes] = 1;
  return out;
}

std::vector<Tensor> targets_of(const Model& model, std::int64_t rows) {
  std::vector<Tensor> out;
  for (const OutputPlan& output : model.trainer().outputs().outputs) out.push_back(target_of(output, rows));
  return out;
}

// A step inside of fit: epochs of 16 steps, since that is how training runs.
double train_time(const Model& model, std::int64_t batch, double seconds) {
  constexpr std::int64_t kSteps = 16;
  const DataArrays data =
      model.trainer().prepare(inputs_of(model, batch * kSteps), targets_of(model, batch * kSteps), {}, {}, "bench");
  const FitArguments arguments{.batch_size = batch, .epochs = 1, .verbose = 0};
  return median_time(seconds, [&] { model.trainer().fit(data, {}, arguments); }) / static_cast<double>(kSteps);
}

Json measure(const Model& model, bool trains, const BenchWords& w) {
  Json rows = Json::array();
  for (const std::int64_t batch : w.batch_sizes) {
    Json row{{"batch_size", batch}, {"predict_seconds", predict_time(model, batch, w.seconds)}};
    if (trains) row["train_seconds"] = train_time(model, batch, w.seconds);
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string table(const Json& rows) {
  std::string out = "   batch    predict        per sample     train step     per sample\n";
  for (const Json& row : rows) {
    const auto n = row["batch_size"].get<std::int64_t>();
    char line[160];
    const double predict = row["predict_seconds"].get<double>() * 1e6, each = 1.0 / static_cast<double>(n);
    std::snprintf(line, sizeof line, "%8lld %11.2f us %11.3f us", static_cast<long long>(n), predict, predict * each);
    out += line;
    if (row.contains("train_seconds")) {
      const double train = row["train_seconds"].get<double>() * 1e6;
      std::snprintf(line, sizeof line, " %11.2f us %11.3f us", train, train * each);
      out += line;
    }
    out += "\n";
  }
  return out;
}

void bench(const BenchWords& w) {
  use_threads(w.threads);
  const saving::ModelFile file = read_file(w.model);
  const Model model = network_of_file(file);
  CompileWords compile;
  if (!w.optimizer.empty()) compile.optimizer = parse_optimizer(w.optimizer);
  if (!w.loss.empty()) compile.loss = w.loss;
  const bool trains = file.compile_config || !w.loss.empty();
  if (trains)
    compile_from_file(model, file, compile);
  else
    note("no compile configuration, so nothing to train with: --loss NAME times training too");
  Json out{{"engine", engine().name()}, {"cpu_target", cpu::cpu_target_name()}, {"threads", cpu::default_threads()}};
  out["steps"] = measure(model, trains, w);
  if (w.json) return print(pretty(out));
  print(cat("engine ", engine().name(), " (", cpu::cpu_target_name(), "), ", cpu::default_threads(),
            " threads; medians of ", w.seconds, " s\n", table(out["steps"])));
}

}  // namespace

void add_bench(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("bench", "times predict and train steps of a model on this machine");
  const auto words = std::make_shared<BenchWords>();
  BenchWords& w = *words;
  add_model(*command, w.model)->required();
  command->add_option("--batch-size", w.batch_sizes, "samples in a step; several may be given")
      ->delimiter(',')
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_option("--optimizer", w.optimizer, "instead of the file's")->type_name("NAME[:KEY=VALUE,...]");
  command->add_option("--loss", w.loss, "instead of the file's")->type_name("NAME");
  command->add_option("--seconds", w.seconds, "how long each is measured")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_option("--threads", w.threads, "how many threads compute (else CORNU_THREADS, else all cores)")
      ->check(CLI::Range(1, 1024));
  command->add_flag("--json", w.json, "the same for programs");
  command->callback([&action, words] { action = [words] { bench(*words); }; });
}

}  // namespace cornu::tool
