// Model and Sequential: what users hold. A cheap handle: copies are the same model, as in Python. Names, arguments,
// order and defaults are Keras's.
#pragma once

#include "cornu/callbacks/history.h"
#include "cornu/models/summary.h"
#include "cornu/trainers/arguments.h"

namespace cornu {

class Trainer;
namespace saving {
struct ModelFile;
}

class Model : public Layer {
 public:
  Model() = default;
  // The functional API: everything between symbolic tensors. Each is one tensor, a list, or a dict by name:
  //   KerasTensor x = layers::Input({784});
  //   Model model(x, layers::Dense(10)(layers::Dense(64)(x)));
  // Inputs that layers made are cut free there: the model begins behind them, with the same layers. Throws ValueError
  // when the outputs need more than the inputs, and for two layers of one name.
  Model(const OneOrMany<KerasTensor>& inputs, const OneOrMany<KerasTensor>& outputs, const std::string& name = "");
  // A model around a network; what loading gives.
  explicit Model(Layer network);

  const std::vector<Layer>& layers() const;
  // Throw ValueError when there is no layer of this name, or at this place of layers(); negative ones count from the
  // end.
  Layer get_layer(const std::string& name) const;
  Layer get_layer(int index) const;
  // The symbolic tensors between which the model lies, to build further models on. Throw ValueError while a Sequential
  // is not built. input() and output() are the only ones: Layer has them.
  std::vector<KerasTensor> inputs() const { return impl_->symbolic_inputs(); }
  std::vector<KerasTensor> outputs() const { return impl_->symbolic_outputs(); }
  // What targets, losses and metrics call the outputs, in the order of predict_all.
  std::vector<std::string> output_names() const;

  // Throws ValueError: an unknown name in a string, an unknown engine.
  void compile(CompileArguments arguments = {}) const;
  bool compiled() const;

  // Trains. x: (samples, ...), y: as the loss expects. With several inputs or outputs a list, {a, b}, or a dict,
  // {{"left", a}, {"right", b}}. Throws ValueError, before the first step, for shapes, targets or numbers (NaN) that
  // cannot be meant.
  History fit(const OneOrMany<Tensor>& x, const OneOrMany<Tensor>& y, const FitArguments& arguments = {}) const;
  // "loss", then the metrics in the order of compile(); with several outputs "loss", their losses ("class_loss"), and
  // their metrics by name ("class_accuracy").
  Logs evaluate(const OneOrMany<Tensor>& x, const OneOrMany<Tensor>& y, const EvaluateArguments& arguments = {}) const;
  // The output for all samples. Any number of threads may predict at once. Throws ValueError when there are several.
  Tensor predict(const OneOrMany<Tensor>& x, const PredictArguments& arguments = {}) const;
  // All outputs, in the order of output_names().
  std::vector<Tensor> predict_all(const OneOrMany<Tensor>& x, const PredictArguments& arguments = {}) const;

  Logs train_on_batch(const OneOrMany<Tensor>& x, const OneOrMany<Tensor>& y,
                      const BatchArguments& arguments = {}) const;
  Logs test_on_batch(const OneOrMany<Tensor>& x, const OneOrMany<Tensor>& y,
                     const BatchArguments& arguments = {}) const;
  Tensor predict_on_batch(const Tensor& x) const;
  // predict_on_batch into a tensor that is used again: no lock and no allocation once this shape has been seen.
  void predict_on_batch(const Tensor& x, Tensor& y) const;

  // Keras's table, with a final newline.
  std::string summary(const SummaryOptions& options = {}) const;
  // Writes .keras, or .h5 / .hdf5: architecture, weights, compile configuration, optimizer state. The file appears
  // whole or not at all. Throws FileError.
  void save(const std::string& path, bool include_optimizer = true) const;
  // Takes the weights of a file: .weights.h5, the .h5 of weights that older versions and keras.applications have, or a
  // whole model. Compiled, it takes the optimizer's state out of a .weights.h5, too, if it is that of
  // its own optimizer. Throws FileError when the weights do
  // not fit, and then nothing has changed; ValueError while the model is not built.
  void load_weights(const std::string& path, const LoadWeightsArguments& arguments = {}) const;
  // Writes the weights alone: .weights.h5 (with the optimizer's state when compiled), or .h5 / .hdf5 in the form of
  // older versions. The file appears whole or not at all. Throws FileError.
  void save_weights(const std::string& path) const;
  // {"class_name": ..., "config": {...}, ...}
  std::string to_json() const;

  // Keras's `optimizer.variables`: iteration, learning_rate, slots; empty before the first step.
  std::vector<std::pair<std::string, Tensor>> optimizer_variables() const;
  double learning_rate() const;
  void set_learning_rate(double rate) const;

  Trainer& trainer() const { return *trainer_; }

 private:
  std::shared_ptr<Trainer> trainer_;
};

class Sequential : public Model {
 public:
  // Layers one after the other; the first may carry .input_shape, or be an Input.
  explicit Sequential(const std::vector<Layer>& layers = {}, const std::string& name = "");
  // Changing the layers of a compiled model makes another model: compile it again.
  void add(const Layer& layer) const;
  void pop() const;
};

struct LoadArguments {
  bool compile = true;                        // false leaves out losses and optimizer
  bool drop_optimizer_state = false;          // the optimizer begins anew: training on is another training then
  std::vector<std::string>* notes = nullptr;  // what reading changed, and what Cornu could not use
};

// Opens any model file that Cornu reads. Throws FileError, also where the file holds an optimizer's state that cannot
// be restored; ValueError, NotSupportedError.
Model load_model(const std::string& path, const LoadArguments& arguments);
Model load_model(const std::string& path, bool compile = true, std::vector<std::string>* notes = nullptr);
// Gives a compiled model the state of the file's optimizer. Throws FileError when it cannot be restored.
void restore_optimizer(const Model& model, const saving::ModelFile& file);
// A model of the architecture alone, freshly initialized.
Model model_from_json(const std::string& json);
// The same model with layers of its own, freshly initialized, compiled as the original is.
Model clone_model(const Model& model);

}  // namespace cornu
