// cornu export: a model as self-contained sources for small devices, or as an ONNX file for other runtimes.
#include <filesystem>

#include "cornu/core/random.h"
#include "cornu/engine/engine.h"
#include "cornu/export/int8/int8.h"
#include "cornu/trainers/trainer.h"
#include "tools/cornu/arguments.h"
#include "tools/cornu/command.h"
#include "tools/cornu/export_onnx.h"
#include "tools/cornu/loading.h"
#include "tools/cornu/output.h"

namespace cornu::tool {
namespace {

struct ExportWords {
  ModelWords model;
  std::string target, output, name, calibrate, evaluate, labels;
  double divide = 1;
  bool float32 = false, int8 = false, report = false, self_test = true;
};

// The model's file without its ending, as a C identifier.
std::string name_of_model(const ExportWords& w) {
  if (!w.name.empty()) return w.name;
  std::string out;
  for (const char c : lower(std::filesystem::path(w.model.path).stem().string()))
    out += (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : '_';
  return out.empty() || (out[0] >= '0' && out[0] <= '9') ? "model_" + out : out;
}

// Numbers that make every layer work: between 0 and 1, and the first indices where indices are wanted.
std::vector<Tensor> sample_for(const ir::Graph& graph) {
  RandomStream random(1);
  std::vector<Tensor> out;
  for (const ir::ValueId p : graph.parameters()) {
    const ir::Type& type = graph.type(p);
    std::vector<double> values;
    for (std::int64_t i = 0; i < type.shape.size(); ++i)
      values.push_back(is_floating(type.dtype) ? random.uniform(0, 1) : static_cast<double>(random.below(2)));
    out.push_back(Tensor::from(values, type.shape).astype(type.dtype));
  }
  return out;
}

void write_sources(const c99::Sources& sources, const std::string& folder) {
  std::error_code ignored;
  std::filesystem::create_directories(folder, ignored);
  if (!std::filesystem::is_directory(folder))
    throw FileError(cat("cannot write into '", folder, "'\n  expected: a folder, or a name that is free"));
  write_text(cat(folder, "/", sources.name, ".h"), sources.header);
  write_text(cat(folder, "/", sources.name, ".c"), sources.source);
}

void report(const c99::Budget& budget) {
  print(cat("flash  ", with_commas(static_cast<long long>(budget.table_bytes)),
            " bytes of weights and tables, and the code\n"));
  print(cat("RAM    ", with_commas(static_cast<long long>(budget.arena_bytes)),
            " bytes of activations; the caller's input and output: ", budget.input_bytes, " + ", budget.output_bytes,
            "\n"));
  for (const c99::Budget::Line& line : budget.buffers) print(cat("  ", line.what, "  ", line.bytes, "\n"));
}

void export_float(const ExportWords& w, const exporting::InferenceGraph& graph) {
  c99::Options options{name_of_model(w), {}, {}};
  if (w.self_test && c99::refusals(graph.graph).empty()) {
    options.sample_inputs = sample_for(graph.graph);
    options.sample_outputs = evaluate(engine(), graph.graph, options.sample_inputs);
  }
  const c99::Sources sources = c99::generate(graph, options);
  write_sources(sources, w.output);
  if (w.report) report(sources.budget);
}

// Compiled once, run for each sample.
int8_export::Run compiled(const ir::Graph& graph) {
  const std::shared_ptr<const Executable> executable = engine().compile(graph);
  std::vector<ir::Type> types;
  for (const ir::ValueId v : graph.outputs()) types.push_back(graph.type(v));
  const auto bytes = [](std::size_t n) { return Tensor::empty({static_cast<std::int64_t>(n)}, uint8); };
  const auto workspace = std::make_shared<Tensor>(bytes(executable->workspace_bytes()));
  const auto prepared = std::make_shared<Tensor>(bytes(executable->prepared_bytes()));
  const std::vector<const void*> nothing(graph.parameters().size(), nullptr);
  executable->prepare(nothing, prepared->mutable_raw());
  return [=](const std::vector<Tensor>& inputs) {
    std::vector<const void*> in;
    std::vector<void*> out;
    std::vector<Tensor> results;
    for (const Tensor& x : inputs) in.push_back(x.raw());
    for (const ir::Type& type : types) results.push_back(Tensor::empty(type.shape, type.dtype));
    for (Tensor& y : results) out.push_back(y.mutable_raw());
    executable->run(in, out, workspace->mutable_raw(), prepared->raw());
    return results;
  };
}

std::string percent(std::int64_t part, std::int64_t whole) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f %%",
                whole > 0 ? 100.0 * static_cast<double>(part) / static_cast<double>(whole) : 0.0);
  return text;
}

void report(const int8_export::Network& network, const int8_export::Comparison& c) {
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    char text[96];
    std::snprintf(text, sizeof text, "%.2f %%", 100 * c.layer_errors[i]);
    print(cat("error  ", network.layers[i].name, "  ", text, " of the layer's root mean square\n"));
  }
  print(cat("classes  float and int8 agree on ", c.agree, " of ", c.count, "\n"));
  std::int64_t all = 0, by_float = 0, by_int8 = 0;
  for (std::size_t k = 0; k < c.of_class.size(); ++k) {
    print(cat("class ", k, "  float ", percent(c.right_float[k], c.of_class[k]), "  int8 ",
              percent(c.right_int8[k], c.of_class[k]), "\n"));
    all += c.of_class[k], by_float += c.right_float[k], by_int8 += c.right_int8[k];
  }
  if (all > 0) print(cat("accuracy  float ", percent(by_float, all), "  int8 ", percent(by_int8, all), "\n"));
}

void export_int8(const ExportWords& w, exporting::InferenceGraph graph) {
  const auto load = [&w](const std::string& array) { return load_arrays({array})[0].astype(float32) / w.divide; };
  const Tensor samples = load(w.calibrate);
  const exporting::InferenceGraph prepared = exporting::prepared(std::move(graph));
  const int8_export::Network network = int8_export::quantized_network(prepared, samples, compiled);
  std::vector<std::int8_t> sample;
  if (w.self_test) sample = int8_export::quantized(samples.data<float>(), network.input_shape.size(), network.input);
  const c99::Sources sources = int8_export::generate(network, name_of_model(w), sample);
  write_sources(sources, w.output);
  if (w.report) report(sources.budget);
  if (!w.report && w.labels.empty()) return;
  const Tensor labels = w.labels.empty() ? Tensor() : load_arrays({w.labels})[0];
  const Tensor judged = w.evaluate.empty() ? samples : load(w.evaluate);
  if (!w.labels.empty() && labels.size() != judged.dim(0))
    throw ValueError(cat("--labels: received ", labels.size(), " labels for ", judged.dim(0),
                         " samples\n  expected: a class for each"));
  report(network, int8_export::compare(network, prepared, judged, labels, compiled));
}

void check_words(const ExportWords& w) {
  if (w.int8 && w.float32) throw UsageError("--int8 and --float32 are two targets\n  expected: one of them");
  if (w.int8 && w.calibrate.empty())
    throw UsageError(
        "--int8 chooses its scales from samples\n  expected: --calibrate ARRAY, some hundred of what the model will "
        "see");
  if (!w.int8 && (!w.calibrate.empty() || !w.evaluate.empty() || !w.labels.empty()))
    throw UsageError("--calibrate, --evaluate and --labels are for --int8");
  if (w.target == "onnx" && (w.int8 || w.report || !w.self_test))
    throw UsageError("--int8, --report and --no-self-test are for --target c99");
}

void export_model(const ExportWords& w) {
  check_words(w);
  const Model model = load_network(w.model);
  if (w.target == "onnx") return export_onnx(model, name_of_model(w), w.output);
  exporting::InferenceGraph graph = exporting::inference_graph(model.trainer().network());
  if (w.int8)
    export_int8(w, std::move(graph));
  else
    export_float(w, graph);
}

}  // namespace

void add_export(CLI::App& app, Action& action) {
  CLI::App* command =
      app.add_subcommand("export", "writes a model as self-contained C99 sources (NAME.c and NAME.h) or as ONNX");
  const auto words = std::make_shared<ExportWords>();
  ExportWords& w = *words;
  add_model(*command, w.model)->required();
  command->add_option("--target", w.target, "what is written")->required()->check(CLI::IsMember({"c99", "onnx"}));
  command->add_option("-o,--output", w.output, "c99: the folder that receives the sources; onnx: FILE.onnx")
      ->required()
      ->type_name("DIR");
  command->add_option(
      "--name", w.name,
      "c99: prefix of the files and of what they declare; onnx: the graph's name (else the model file's name)");
  command->add_flag("--float32", w.float32, "numbers as the model has them (this is what happens without a word, too)");
  command->add_flag("--int8", w.int8, "whole numbers: weights and activations in int8, as TFLite has them");
  command->add_option("--calibrate", w.calibrate, "for --int8: samples, from which the scales are chosen")
      ->type_name("ARRAY");
  command->add_option("--divide", w.divide, "what the samples are divided by (255 for pixels)")
      ->check(CLI::PositiveNumber);
  command->add_option("--evaluate", w.evaluate, "for --int8: other samples to compare float and int8 on")
      ->type_name("ARRAY");
  command->add_option("--labels", w.labels, "for --int8: the compared samples' classes; prints the accuracy by class")
      ->type_name("ARRAY");
  command->add_flag("--report", w.report, "prints how much flash and RAM the model needs");
  command->add_flag("!--no-self-test", w.self_test, "leaves out the recorded sample");
  command->callback([&action, words] { action = [words] { export_model(*words); }; });
}

}  // namespace cornu::tool
