// Layer: what a model is made of. `Layer` is a cheap handle with value semantics (copies are the same layer, as in
// Python); `LayerImpl` is what the author of a layer derives from. A layer computes nothing: call() emits graph.
// Called on symbolic tensors (keras_tensor.h), a layer becomes a part of a functional model.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cornu/activations/activation.h"
#include "cornu/core/config.h"
#include "cornu/core/dtype_policy.h"
#include "cornu/core/registry.h"
#include "cornu/initializers/initializer.h"
#include "cornu/layers/call_context.h"
#include "cornu/layers/keras_tensor.h"

namespace cornu {

// Arguments that every Keras layer takes. They end each layer's options, so that designated initializers reach them.
#define CORNU_COMMON_LAYER_OPTIONS                                   \
  std::string name = {}; /* "": the class in snake case, numbered */ \
  bool trainable = true;                                             \
  std::string dtype = {};         /* "": the global policy's */      \
  OptionalShape input_shape = {}; /* without the batch; for a first layer */

struct LayerOptions {
  CORNU_COMMON_LAYER_OPTIONS
};

class LayerImpl {
 public:
  LayerImpl() = default;
  virtual ~LayerImpl() = default;
  LayerImpl(const LayerImpl&) = delete;
  LayerImpl& operator=(const LayerImpl&) = delete;

  // What an author writes --------------------------------------------------------------------------------------------
  virtual std::string class_name() const = 0;
  // The layer's own configuration keys, in Keras's order, after name, trainable and dtype.
  virtual Json own_config() const { return Json::object(); }
  // Makes the variables, once the shape of the input is known ((None, 784): -1 is the batch). Called once.
  virtual void build(const Shape& input_shape) { static_cast<void>(input_shape); }
  // Emits the layer. Shapes are static here.
  virtual Value call(CallContext& context, Value x) = 0;
  // The shape of call()'s result; -1 for dimensions that are not known. The default finds out by emitting the layer
  // twice with different sizes for the unknown dimensions.
  virtual Shape compute_output_shape(const Shape& input_shape);
  // The same three for a layer of several inputs or outputs, which derives from ManyLayerImpl. A layer of one input
  // and one output leaves them alone: the defaults call the ones above, and refuse other counts by name.
  virtual void build_all(const std::vector<Shape>& input_shapes);
  virtual std::vector<Value> call_all(CallContext& context, const std::vector<Value>& inputs);
  virtual std::vector<Shape> compute_output_shapes(const std::vector<Shape>& input_shapes);
  // Whether Keras hands the inputs over as one list: Add()([x, y]).
  virtual bool takes_list() const { return false; }
  // Whether inputs keep the form in which the user gave them, [x] or x: functional models.
  virtual bool keeps_structure() const { return false; }
  // A call's positional arguments, out of its inputs: [x, y] for one after the other, [[x, y]] for a list of them.
  virtual Json call_structure(const std::vector<Json>& inputs, bool list) const;
  // The dtype of an output, for inputs of these dtypes, as call() gets them; it stands in a functional model's
  // configuration. The default: that of the computation.
  virtual DType output_dtype(const std::vector<DType>& inputs, std::size_t output) const;
  // What Keras adds to the configuration of a call that says nothing itself: {"training": false} where Keras's call()
  // has `training=False`, {"mask": null} where it has `mask=None`.
  virtual Json default_call_arguments() const { return Json::object(); }
  // Whether inputs with fractions are brought to input_dtype() first.
  virtual bool autocast() const { return true; }
  virtual DType input_dtype() const { return compute_dtype(); }
  // The arguments of a call in Keras's form, before it is made (node.h). The default takes tensors, `training`, and a
  // mask of null; throws NotSupportedError for others.
  virtual void check_call(const Json& args, const Json& kwargs);
  // What the layer was first called with and what it gave; a model's own inputs and outputs. Throw ValueError when it
  // was never called.
  virtual std::vector<KerasTensor> symbolic_inputs() const;
  virtual std::vector<KerasTensor> symbolic_outputs() const;
  // The whole configuration. Override for a layer whose keys do not follow the common pattern.
  virtual Json config() const;
  // All variables in the order of creation. Override for a layer that holds layers.
  virtual std::vector<Variable> variables() const { return variables_; }
  // What files hold, in the order of Keras's get_weights(): trainable ones first, by what the author said and not by
  // what is frozen at the moment. Random streams are not weights. Override for a layer that holds layers.
  virtual std::vector<Variable> weights() const;
  // The weights that are trained now, and the others. Override for a layer that holds layers, some of them frozen.
  virtual std::vector<Variable> trainable_variables() const;
  virtual std::vector<Variable> non_trainable_variables() const;
  // Whether Keras notes the input's shape in the configuration: it does for layers with something to build.
  virtual bool notes_build_shape() const { return !weights().empty(); }
  virtual void set_trainable(bool trainable) { trainable_ = trainable; }
  // Keras 3's object form. The default: one of keras.layers.
  virtual Json serialize() const;

  // What everybody uses ----------------------------------------------------------------------------------------------
  const std::string& name() const { return name_; }
  // Keras's path of the layer: "sequential/dense".
  const std::string& path() const { return path_; }
  void set_path(const std::string& path) { path_ = path; }
  bool trainable() const { return trainable_; }
  const DTypePolicy& dtype_policy() const { return policy_; }
  // What call() computes in and gives.
  DType compute_dtype() const { return policy_.compute_dtype; }
  DType variable_dtype() const { return policy_.variable_dtype; }
  DType dtype() const { return variable_dtype(); }  // as in Keras
  bool built() const { return built_; }
  const std::optional<Shape>& batch_input_shape() const { return batch_input_shape_; }
  // Builds once. Throws ValueError with the layer's name.
  void ensure_built(const Shape& input_shape) { ensure_all_built({input_shape}); }
  void ensure_all_built(const std::vector<Shape>& input_shapes);
  // What it was built for: of the first input, of all inputs.
  const Shape& build_shape() const { return build_shapes_.at(0); }
  const std::vector<Shape>& build_shapes() const { return build_shapes_; }
  // Casts the inputs to the dtype of the computation, calls with variables read in it, and adds regularization of
  // weights (in their own dtype) and outputs to the loss. A weight is regularized once, however often its layer is
  // called.
  Value operator()(CallContext& context, Value x) { return run(context, {x}).at(0); }
  std::vector<Value> run(CallContext& context, const std::vector<Value>& inputs);

  // Calls on symbolic tensors that something (a tensor, a model) still holds, in the order in which they were made.
  std::vector<std::shared_ptr<const Node>> inbound_nodes() const;
  // Notes a call and gives it its number. For keras_tensor.cpp.
  void add_inbound_node(const std::shared_ptr<Node>& node);

  // `dtype`: the name of a policy; "" for the global one.
  void configure(const std::string& name, bool trainable, const std::string& dtype, OptionalShape input_shape);
  void set_activity_regularizer(Regularizer regularizer) { activity_regularizer_ = std::move(regularizer); }
  const Regularizer& activity_regularizer() const { return activity_regularizer_; }

 protected:
  struct WeightOptions {
    bool trainable = true;
    Regularizer regularizer = {};
    Constraint constraint = {};
    std::optional<DType> dtype = {};  // none: the layer's variable_dtype
    bool autocast = true;             // false: call() reads it in its own dtype, whatever it computes in
  };
  Variable add_weight(const std::string& name, const Shape& shape, const Initializer& initializer,
                      WeightOptions options);
  Variable add_weight(const std::string& name, const Shape& shape, const Initializer& initializer) {
    return add_weight(name, shape, initializer, WeightOptions{});
  }
  // A random stream: uint32 (2,), [seed, draws so far].
  Variable add_seed_state(std::optional<std::int64_t> seed);
  [[noreturn]] void fail(const std::string& message) const;

 private:
  std::vector<Value> call_in_scope(CallContext& context, const std::vector<Value>& inputs);
  template <class T>
  const T& single(const std::vector<T>& inputs) const;

  std::string name_, path_;
  bool trainable_ = true;
  DTypePolicy policy_;
  bool built_ = false;
  std::vector<Shape> build_shapes_;
  std::optional<Shape> batch_input_shape_;
  Regularizer activity_regularizer_;
  std::vector<Variable> variables_;
  std::vector<std::weak_ptr<Node>> inbound_nodes_;  // weak: a node holds its layer
  std::int64_t calls_ = 0;
};

// What the author of a layer of several inputs or outputs derives from: the forms for all inputs are to be written.
class ManyLayerImpl : public LayerImpl {
 public:
  void build(const Shape& input_shape) final { build_all({input_shape}); }
  Value call(CallContext& context, Value x) final { return call_all(context, {x}).at(0); }
  Shape compute_output_shape(const Shape& input_shape) final { return compute_output_shapes({input_shape}).at(0); }
  void build_all(const std::vector<Shape>& input_shapes) override = 0;
  std::vector<Value> call_all(CallContext& context, const std::vector<Value>& inputs) override = 0;
  std::vector<Shape> compute_output_shapes(const std::vector<Shape>& input_shapes) override = 0;
};

class Layer {
 public:
  Layer() = default;
  explicit Layer(std::shared_ptr<LayerImpl> impl) : impl_(std::move(impl)) {}
  // The InputLayer of a symbolic input, so that Input(...) may stand in a list of layers. Throws ValueError for a
  // tensor that a layer made.
  Layer(const KerasTensor& input);

  explicit operator bool() const { return impl_ != nullptr; }
  LayerImpl& impl() const { return *impl_; }
  const std::shared_ptr<LayerImpl>& handle() const { return impl_; }
  bool operator==(const Layer& other) const { return impl_ == other.impl_; }

  std::string class_name() const { return impl_->class_name(); }
  const std::string& name() const { return impl_->name(); }
  bool built() const { return impl_->built(); }
  void build(const Shape& input_shape) const { impl_->ensure_built(input_shape); }
  Shape compute_output_shape(const Shape& input_shape) const { return impl_->compute_output_shape(input_shape); }

  bool trainable() const { return impl_->trainable(); }
  // Takes effect at the next compile(), as in Keras.
  void set_trainable(bool trainable) const { impl_->set_trainable(trainable); }

  // Keras's order: layer by layer, trainable ones first.
  std::vector<Variable> weights() const { return impl_->weights(); }
  std::vector<Variable> trainable_weights() const { return impl_->trainable_variables(); }
  std::vector<Variable> non_trainable_weights() const { return impl_->non_trainable_variables(); }
  std::vector<Tensor> get_weights() const;
  // Throws ValueError when count or shapes differ, and then nothing has changed.
  void set_weights(const std::vector<Tensor>& values) const;
  std::int64_t count_params() const;

  // Calls the layer on symbolic tensors: the beginning of a functional model. Builds the layer when it is not built
  // yet. Throws ValueError for shapes that it cannot take, and, from operator(), when the layer (a model, say) has
  // several outputs: call() gives them all.
  KerasTensor operator()(const KerasTensor& x, const CallOptions& options = {}) const;
  KerasTensor operator()(const std::vector<KerasTensor>& inputs, const CallOptions& options = {}) const;
  std::vector<KerasTensor> call(const std::vector<KerasTensor>& inputs, const CallOptions& options = {}) const;
  // What the layer was first called with, and what it gave: the way into a model's inside. For a model its own input
  // and output. Throw ValueError when it was never called or has several.
  KerasTensor input() const;
  KerasTensor output() const;

  Json get_config() const { return impl_->config(); }
  // Keras 3's object form, as it stands in a model's list of layers.
  Json serialize() const { return impl_->serialize(); }
  static Layer deserialize(const Json& object);  // layers::deserialize

 protected:
  std::shared_ptr<LayerImpl> impl_;
};

namespace layers {

// A layer from your own LayerImpl: layers::make<MyLayer>(arguments...).
template <class Impl, class... Args>
Layer make(Args&&... args) {
  auto impl = std::make_shared<Impl>(std::forward<Args>(args)...);
  if (impl->name().empty()) impl->configure("", true, "", {});
  return Layer(std::move(impl));
}

// Keras's layers by class name; add your own so that files with it load. Makers get the whole configuration.
Registry<Layer>& registry();
// From Keras 3's object form. Throws ValueError / NotSupportedError naming the layer and the key.
Layer deserialize(const Json& object);

}  // namespace layers

namespace utils {
// Restarts the numbering of names, as keras.utils.clear_session does.
void clear_session();
}  // namespace utils

// [null, 784]: how Keras writes a shape.
Json shape_json(const Shape& shape);

// "dense", then "dense_1", "dense_2", ...: one count a process.
std::string unique_name(const std::string& base);

}  // namespace cornu
