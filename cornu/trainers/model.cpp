#include "cornu/trainers/model.h"

#include "cornu/core/error.h"
#include "cornu/models/assign_weights.h"
#include "cornu/models/from_file.h"
#include "cornu/models/functional_network.h"
#include "cornu/models/sequential_network.h"
#include "cornu/saving/weights_file.h"
#include "cornu/trainers/compile_config.h"
#include "cornu/trainers/progress.h"
#include "cornu/trainers/trainer.h"

namespace cornu {
namespace {

SequentialNetwork& sequential(const Model& model) { return dynamic_cast<SequentialNetwork&>(model.impl()); }

}  // namespace

Verbose::Verbose(const char* v) : value(1) {
  if (std::string(v) != "auto") throw ValueError(cat("verbose received: \"", v, "\"\n  expected: \"auto\", 0, 1 or 2"));
}

Model::Model(const OneOrMany<KerasTensor>& inputs, const OneOrMany<KerasTensor>& outputs, const std::string& name)
    : Model(Layer(std::make_shared<FunctionalNetwork>(inputs, outputs, name))) {}

Model::Model(Layer network) : Layer(network), trainer_(std::make_shared<Trainer>(network)) {
  // The trainer's own way to save; it must not keep the model alive, since the model keeps it.
  trainer_->save_ = [network, trainer = std::weak_ptr<Trainer>(trainer_)](const std::string& path, bool weights_only) {
    Model model;
    static_cast<Layer&>(model) = network;
    model.trainer_ = trainer.lock();
    weights_only ? model.save_weights(path) : model.save(path);
  };
}

const std::vector<Layer>& Model::layers() const { return trainer_->network().layers(); }
Layer Model::get_layer(const std::string& name) const { return trainer_->network().get_layer(name); }
Layer Model::get_layer(int index) const {
  const auto n = static_cast<int>(layers().size());
  if (index < -n || index >= n)
    throw ValueError(cat("[get_layer] received: index ", index, "\n  expected: ", -n, " to ", n - 1));
  return layers()[static_cast<std::size_t>(index < 0 ? index + n : index)];
}
void Model::compile(CompileArguments arguments) const { trainer_->compile(std::move(arguments)); }
bool Model::compiled() const { return trainer_->compiled(); }

std::vector<std::string> Model::output_names() const {
  std::vector<std::string> out;
  for (const TensorSpec& spec : trainer_->network().outputs()) out.push_back(spec.name);
  return out;
}

History Model::fit(const OneOrMany<Tensor>& x, const OneOrMany<Tensor>& y, const FitArguments& arguments) const {
  trainer_->arguments();
  DataArrays data = trainer_->prepare(x, y, arguments.sample_weight, arguments.class_weight, "fit");
  std::optional<DataArrays> validation;
  if (const auto& held_out = arguments.validation_data)
    validation = trainer_->prepare(held_out->x, held_out->y, held_out->sample_weight, {}, "fit");
  return trainer_->fit(std::move(data), std::move(validation), with_progress(arguments));
}

Logs Model::evaluate(const OneOrMany<Tensor>& x, const OneOrMany<Tensor>& y, const EvaluateArguments& arguments) const {
  trainer_->arguments();
  return trainer_->evaluate(trainer_->prepare(x, y, arguments.sample_weight, {}, "evaluate"), with_progress(arguments));
}

Tensor Model::predict(const OneOrMany<Tensor>& x, const PredictArguments& arguments) const {
  if (const std::size_t n = trainer_->network().built() ? trainer_->network().outputs().size() : 1; n != 1)
    throw ValueError(cat("[predict] model \"", name(), "\" has ", n,
                         " outputs\n  expected: one; predict_all gives the outputs of all"));
  return predict_all(x, arguments).at(0);
}

std::vector<Tensor> Model::predict_all(const OneOrMany<Tensor>& x, const PredictArguments& arguments) const {
  return trainer_->predict(trainer_->prepare(x, {}, {}, {}, "predict").x, with_progress(arguments));
}

Logs Model::train_on_batch(const OneOrMany<Tensor>& x, const OneOrMany<Tensor>& y,
                           const BatchArguments& arguments) const {
  trainer_->arguments();
  return trainer_->train_on_batch(
      trainer_->prepare(x, y, arguments.sample_weight, arguments.class_weight, "train_on_batch"));
}

Logs Model::test_on_batch(const OneOrMany<Tensor>& x, const OneOrMany<Tensor>& y,
                          const BatchArguments& arguments) const {
  trainer_->arguments();
  return trainer_->test_on_batch(
      trainer_->prepare(x, y, arguments.sample_weight, arguments.class_weight, "test_on_batch"));
}

Tensor Model::predict_on_batch(const Tensor& x) const {
  Tensor y;
  predict_on_batch(x, y);
  return y;
}

void Model::predict_on_batch(const Tensor& x, Tensor& y) const { trainer_->predict_batch(x, y); }

std::string Model::summary(const SummaryOptions& options) const {
  std::optional<OptimizerSize> size;
  if (compiled() && trainer_->optimizer_built()) {
    size.emplace();
    for (const auto& [name, value] : trainer_->optimizer_variables()) {
      size->count += value.size();
      size->bytes += static_cast<std::int64_t>(value.bytes());
    }
  }
  return cornu::summary(trainer_->network(), options, size);
}

std::vector<std::pair<std::string, Tensor>> Model::optimizer_variables() const {
  if (!compiled() || !trainer_->optimizer_built()) return {};
  return trainer_->optimizer_variables();
}

double Model::learning_rate() const { return trainer_->learning_rate(); }
void Model::set_learning_rate(double rate) const { trainer_->set_learning_rate(rate); }

std::string Model::to_json() const {
  Json out = models::architecture_of(*this);
  out["compile_config"] = compiled() ? compile_config(trainer_->arguments()) : Json::object();
  return dump_json(out);
}

void Model::save(const std::string& path, bool include_optimizer) const {
  saving::ModelFile file = models::file_from_network(*this);
  if (include_optimizer) trainer_->add_training(file);
  saving::write_model_file(file, path);
}

void Model::load_weights(const std::string& path, const LoadWeightsArguments& arguments) const {
  if (!built())
    throw ValueError(cat("[load_weights] model \"", name(),
                         "\" is not built, so it has no weights yet\n  expected: build it, or give it an input shape"));
  const saving::WeightsFile file = saving::read_weights_file(path, models::architecture_of(*this));
  const bool tree = file.kind == saving::WeightsFile::kTree;
  if (arguments.by_name && tree)
    throw ValueError(
        cat("[load_weights] by_name received: '", path,
            "', a .weights.h5\n  expected: a file that names its layers: an .h5 of older versions, or a whole "
            "model"));
  // A tree was read for this very architecture: each layer has its group.
  models::assign_weights(*this, file.weights, {arguments.by_name || tree, arguments.skip_mismatch}, arguments.notes);
  if (!compiled() || file.optimizer.empty()) return;
  std::vector<Tensor> values;
  for (const saving::NamedTensor& v : file.optimizer) values.push_back(v.value);
  try {
    trainer_->restore_optimizer(std::move(values));
  } catch (const ValueError& error) {
    // As in Keras: the file may be of a model that was compiled otherwise.
    if (arguments.notes) arguments.notes->push_back(cat("the optimizer's state was not loaded: ", error.what()));
  }
}

void Model::save_weights(const std::string& path) const {
  saving::ModelFile file = models::file_from_network(*this);
  trainer_->add_training(file);
  saving::write_weights_file(file, path);
}

Sequential::Sequential(const std::vector<Layer>& layers, const std::string& name)
    : Model(Layer(std::make_shared<SequentialNetwork>(name))) {
  sequential(*this).add_all(layers);
}

void Sequential::add(const Layer& layer) const {
  sequential(*this).add(layer);
  trainer().network_changed();
}

void Sequential::pop() const {
  sequential(*this).pop();
  trainer().network_changed();
}

void restore_optimizer(const Model& model, const saving::ModelFile& file) {
  const auto refuse = [](const std::string& why) {
    throw FileError(cat("[load_model] ", why, "\n  expected: a state that training can go on from\n  way out: ",
                        "drop_optimizer_state = true (--drop-optimizer-state) begins with a fresh optimizer"));
  };
  if (!file.lost_optimizer.empty()) refuse(file.lost_optimizer);
  if (file.optimizer.empty()) return;
  std::vector<Tensor> values;
  for (const saving::NamedTensor& v : file.optimizer) values.push_back(v.value);
  try {
    model.trainer().restore_optimizer(std::move(values));
  } catch (const ValueError& error) {
    refuse(cat("the state of the file's optimizer cannot be restored: ", error.what()));
  }
}

Model load_model(const std::string& path, const LoadArguments& arguments) {
  const saving::ModelFile file = saving::read_model_file(path);
  Model model(models::network_from_file(file));
  if (arguments.notes) *arguments.notes = file.notes;
  if (!arguments.compile || !file.compile_config) return model;
  model.compile(compile_arguments(*file.compile_config));
  if (!arguments.drop_optimizer_state) restore_optimizer(model, file);
  return model;
}

Model load_model(const std::string& path, bool compile, std::vector<std::string>* notes) {
  return load_model(path, LoadArguments{.compile = compile, .notes = notes});
}

Model clone_model(const Model& model) {
  Model out(models::network_from_config(models::architecture_of(model)));
  if (model.compiled()) out.compile(model.trainer().arguments());
  return out;
}

Model model_from_json(const std::string& json) {
  return Model(models::network_from_config(parse_json(json, "the architecture")));
}

}  // namespace cornu
