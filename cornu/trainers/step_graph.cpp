#include "cornu/trainers/step_graph.h"

#include <algorithm>

#include "cornu/core/error.h"
#include "cornu/grad/gradients.h"

namespace cornu {
namespace {

class StepBuilder {
 public:
  explicit StepBuilder(const StepInputs& in) : in_(in), context_(builder_, in.kind == StepKind::kTrain) {
    builder_.set_share(in.share);
  }

  StepGraph build() {
    forward();
    loss_and_metrics();
    if (in_.kind == StepKind::kTrain) train();
    write_back_all();
    sort_parameters();
    out_.graph = std::move(builder_.graph());
    return std::move(out_);
  }

 private:
  Value parameter(Binding binding, const std::string& name, Shape shape, DType dtype) {
    bindings_[static_cast<int>(builder_.graph().parameters().size())] = binding;
    return builder_.parameter(name, std::move(shape), dtype);
  }

  // A part of the batch, of this type: a parameter, or rows that are taken from one.
  Value data(Binding binding, const std::string& name, const ir::Type& type) {
    if (in_.samples == 0) return parameter(binding, name, type.shape, type.dtype);
    if (!rows_) rows_ = parameter({Binding::kRows, 0, 0, {}}, "rows", {type.shape[0]}, uint32);
    const Shape all = type.shape.slice(1, type.shape.rank()).with_batch(in_.samples);
    return ops::take(parameter(binding, name, all, type.dtype), rows_);
  }

  // A parameter whose buffer receives `value` at the end of the step.
  void write_back(Value old, Value value) {
    const auto& parameters = builder_.graph().parameters();
    for (std::size_t p = 0; p < parameters.size(); ++p)
      if (parameters[p] == old.id()) {
        const int output = builder_.output(value);
        builder_.graph().alias(output, static_cast<int>(p));
        out_.outputs.push_back(static_cast<int>(p));
        return;
      }
    throw InternalError("only a parameter can be updated");
  }

  void forward() {
    const std::vector<TensorSpec> specs = in_.network->inputs();
    if (specs.size() != in_.x.size())
      throw ValueError(
          cat("model \"", in_.network->name(), "\" received: ", in_.x.size(), " inputs\n  expected: ", specs.size()));
    std::vector<Value> x;
    for (std::size_t i = 0; i < specs.size(); ++i) {
      const Value raw = data({Binding::kInput, static_cast<int>(i), 0, {}}, cat("x", i), in_.x[i]);
      x.push_back(ops::cast(raw, specs[i].dtype));
    }
    predictions_ = in_.network->emit(context_, x);
  }

  void loss_and_metrics() {
    for (std::size_t i = 0; i < in_.y.size(); ++i)
      targets_.push_back(data({Binding::kTarget, static_cast<int>(i), 0, {}}, cat("y", i), in_.y[i]));
    const std::int64_t batch = in_.x[0].shape[0];
    if (in_.sample_weight)
      for (std::size_t i = 0; i < in_.y.size(); ++i)
        weights_.push_back(data({Binding::kSampleWeight, static_cast<int>(i), 0, {}}, cat("sample_weight", i),
                                {float32, Shape{batch}}));
    losses_.resize(in_.outputs->size());
    for (std::size_t o = 0; o < in_.outputs->size(); ++o) {
      const OutputPlan& output = (*in_.outputs)[o];
      if (!output.loss) continue;
      losses_[o] = ops::cast(output.loss(target(o), predictions_.at(o), weight(o)), float32);
      const Value weighted = output.weight == 1 ? losses_[o] : losses_[o] * output.weight;
      loss_ = loss_ ? loss_ + weighted : weighted;
    }
    for (const Value& extra : context_.losses()) loss_ = loss_ + part(ops::cast(extra, float32));
    for (std::size_t t = 0; t < in_.trackers->size(); ++t)
      update_tracker((*in_.trackers)[t], static_cast<int>(t), batch);
  }

  Value target(std::size_t output) const {
    return targets_.at(static_cast<std::size_t>((*in_.outputs)[output].target));
  }
  // Undefined without sample weights.
  Value weight(std::size_t output) const {
    return weights_.empty() ? Value{} : weights_.at(static_cast<std::size_t>((*in_.outputs)[output].target));
  }

  bool alone() const { return in_.share.is_whole(); }
  // What this replica adds to what layers add to the loss: penalties of weights count once, those of activations are
  // means over rows.
  Value part(Value extra) const { return alone() ? extra : extra * in_.share.fraction(); }
  Value over_replicas(Value x) const { return alone() ? x : ops::all_reduce(x); }

  // A metric's state after this batch. States are sums over batches, so replicas add up what their rows make of zero.
  std::vector<Value> updated(const Tracker& tracker, const std::vector<Value>& state) const {
    const Value weights = tracker.weighted ? weight(tracker.output) : Value{};
    const auto update = [&](const std::vector<Value>& from) {
      return tracker.metric.impl().update(from, target(tracker.output), predictions_[tracker.output], weights);
    };
    if (alone()) return update(state);
    std::vector<Value> zeros, next;
    for (const Value& s : state) zeros.push_back(ops::zeros_like(s));
    std::vector<Value> added = update(zeros);
    // Nothing, but made of what the others' is made of: which sums come first depends on that (Buckets).
    if (in_.share.rows == 0) {
      const Value never = ops::full(state.at(0).builder(), {}, 0, bool_);
      for (std::size_t k = 0; k < state.size(); ++k) added.at(k) = ops::where(never, added.at(k), zeros.at(k));
    }
    for (std::size_t k = 0; k < state.size(); ++k) next.push_back(state[k] + ops::all_reduce(added.at(k)));
    return next;
  }

  void update_tracker(const Tracker& tracker, int index, std::int64_t batch) {
    std::vector<Value> state, next;
    for (std::size_t k = 0; k < tracker.state.size(); ++k)
      state.push_back(parameter({Binding::kMetricState, index, static_cast<int>(k), {}}, cat(tracker.name, "/", k),
                                tracker.state[k].shape(), tracker.state[k].dtype()));
    if (tracker.of == Tracker::kMetric) {
      next = updated(tracker, state);
    } else {
      // A loss is a mean weighted by batch sizes, as Keras reports it: not by sample weights.
      const double n = static_cast<double>(alone() ? batch : in_.share.batch);
      const Value loss = over_replicas(tracker.of == Tracker::kTotal ? loss_ : losses_.at(tracker.output));
      next = {state[0] + loss * n, state[1] + n};
    }
    for (std::size_t k = 0; k < state.size(); ++k) pending_.emplace_back(state[k], next.at(k));
  }

  void train() {
    std::vector<Value> weights;
    std::vector<VariableSpec> specs;
    std::vector<Constraint> constraints;
    for (const Variable& v : in_.trained) {
      weights.push_back(context_[v]);
      specs.push_back({v.path(), v.shape(), v.dtype()});
      constraints.push_back(v.constraint());
    }
    const Value iterations = parameter({Binding::kIterations, 0, 0, {}}, "iteration", {}, int64);
    const Value rate = parameter({Binding::kLearningRate, 0, 0, {}}, "learning_rate", {}, float32);
    std::vector<Value> slots;
    for (std::size_t s = 0; s < in_.slots->size(); ++s)
      slots.push_back(parameter({Binding::kSlot, static_cast<int>(s), 0, {}}, (*in_.slots)[s].path,
                                (*in_.slots)[s].initial.shape(), (*in_.slots)[s].initial.dtype()));
    std::vector<Value> grads = gradients(in_.compile->optimizer.scale_loss(loss_, slots), weights);
    // The last layer's gradients are there first, so their sums come first.
    for (std::size_t i = grads.size(); i-- > 0;) grads[i] = over_replicas(grads[i]);
    const Optimizer::Step step =
        in_.compile->optimizer.apply(specs, weights, grads, slots, constraints, iterations, rate);
    // A layer may have changed a weight in passing (spectral normalization does): the optimizer goes on from there, and
    // what it makes is what stays.
    for (std::size_t i = 0; i < weights.size(); ++i)
      pending_.emplace_back(context_.parameter(in_.trained[i]), step.weights[i]);
    for (std::size_t i = 0; i < slots.size(); ++i) pending_.emplace_back(slots[i], step.slots[i]);
    if (step.iterations.id() != iterations.id()) pending_.emplace_back(iterations, step.iterations);
  }

  // Writes back all that changed: what the optimizer made, what metrics gathered, what layers updated while training.
  void write_back_all() {
    for (const auto& [old, value] : pending_) write_back(old, value);
    // Outside of training nothing else changes, not even a random stream.
    if (in_.kind != StepKind::kTrain) return;
    for (const Variable& v : context_.variables())
      if (context_.is_updated(v) && std::find(in_.trained.begin(), in_.trained.end(), v) == in_.trained.end())
        write_back(context_.parameter(v), averaged(context_[v]));
  }

  // What layers keep of a batch (moving averages): the mean of the replicas', each with the weight of its rows.
  // Counters and random streams move on alike everywhere.
  Value averaged(Value x) const {
    return alone() || !is_floating(x.dtype()) ? x : ops::all_reduce(x * in_.share.fraction());
  }

  // Parameters that nothing was noted for are variables, in the order in which the context met them.
  void sort_parameters() {
    std::size_t next = 0;
    for (std::size_t p = 0; p < builder_.graph().parameters().size(); ++p) {
      const auto it = bindings_.find(static_cast<int>(p));
      if (it != bindings_.end())
        out_.parameters.push_back(it->second);
      else
        out_.parameters.push_back({Binding::kVariable, 0, 0, context_.variables().at(next++)});
    }
  }

  const StepInputs& in_;
  Builder builder_;
  CallContext context_;
  StepGraph out_;
  std::map<int, Binding> bindings_;
  std::vector<Value> predictions_, targets_, weights_, losses_;
  Value loss_;
  Value rows_;
  std::vector<std::pair<Value, Value>> pending_;
};

}  // namespace

StepGraph build_step(const StepInputs& inputs) { return StepBuilder(inputs).build(); }

}  // namespace cornu
