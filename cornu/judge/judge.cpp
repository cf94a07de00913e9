#include "cornu/judge/judge.h"

#include <algorithm>
#include <cstring>

#include "cornu/core/error.h"
#include "cornu/judge/prediction.h"
#include "cornu/judge/self_check.h"
#include "cornu/models/from_file.h"
#include "cornu/saving/read_bytes.h"
#include "cornu/saving/self_test.h"
#include "cornu/saving/writers.h"

namespace cornu {

struct Judge::State {
  State(Layer given, JudgeOptions o)
      : network(std::move(given)), impl(&network_of(network)), options(std::move(o)), name(network.name()) {}

  Layer network;
  NetworkImpl* impl;
  JudgeOptions options;
  std::string name;
  std::vector<TensorSpec> inputs, outputs;
  Predictor predictor;

  const Prediction& compiled(const std::vector<ir::Type>& types) const {
    return predictor.get(*impl, types, options.engine, options.threads, WeightsAre::kFixed);
  }
};

namespace {

bool is_open(const TensorSpec& spec) {
  for (int i = 1; i < spec.shape.rank(); ++i)
    if (spec.shape[i] < 0) return true;
  return false;
}

[[noreturn]] void refuse_open(const Shape& shape) {
  throw FileError(cat("[judge] the file's self-test is not for its model\n  received: no sample for an input of shape ",
                      shape, "\n  expected: one for each input\n  way out: open it with .self_test = false"));
}

std::vector<ir::Type> types_of(const std::vector<TensorSpec>& specs, std::int64_t samples) {
  std::vector<ir::Type> types;
  for (const TensorSpec& spec : specs)
    types.push_back({spec.dtype, spec.shape.slice(1, spec.shape.rank()).with_batch(samples)});
  return types;
}

// For one of these samples: they also say what the model leaves open.
std::vector<ir::Type> types_of_samples(const std::vector<TensorSpec>& specs, const std::vector<Tensor>& x) {
  std::vector<ir::Type> types = types_of(specs, 1);
  for (std::size_t i = 0; i < types.size() && i < x.size(); ++i)
    if (x[i].rank() == types[i].shape.rank())
      for (int d = 1; d < x[i].rank(); ++d)
        if (types[i].shape[d] < 0) types[i].shape[d] = x[i].dim(d);
  for (const ir::Type& type : types)
    if (!type.shape.is_static()) refuse_open(type.shape);
  return types;
}

// `full`, or the same without the axis of its only sample.
bool is_sample_of(const Shape& full, const Shape& shape) {
  return full[0] == 1 && std::equal(full.begin() + 1, full.end(), shape.begin(), shape.end());
}

bool fits(const Prediction& p, std::span<const Tensor> x, bool one) {
  if (p.inputs().size() != x.size()) return false;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const ir::Type& type = p.inputs()[i];
    if (type.dtype != x[i].dtype() || !(one ? is_sample_of(type.shape, x[i].shape()) : type.shape == x[i].shape()))
      return false;
  }
  return true;
}

[[noreturn]] void refuse(const std::string& model, const std::string& received, const std::string& expected) {
  throw ValueError(cat("[judge] model \"", model, "\" received: ", received, "\n  expected: ", expected));
}

// Throws ValueError: not the shape or the dtype of this input.
void check_input(const std::string& model, const TensorSpec& spec, const Tensor& x, bool several, bool one) {
  const std::string what = several ? cat("x for input \"", spec.name, "\"") : "x";
  const Shape sample = spec.shape.slice(1, spec.shape.rank());
  const int from = one ? 0 : 1;
  bool same = x.rank() - from == sample.rank() && (one || x.dim(0) > 0);
  for (int i = 0; same && i < sample.rank(); ++i) same = sample[i] < 0 || sample[i] == x.dim(from + i);
  if (!same) {
    const bool known = sample.is_static() && sample.size() > 0;
    std::vector<std::string> dims = {"-1"};
    for (const std::int64_t d : sample) dims.push_back(std::to_string(d));
    refuse(model, cat(what, " of shape ", x.shape()),
           cat(spec.shape, ", or one sample ", sample,
               known && x.size() > 0 && x.size() % sample.size() == 0
                   ? cat("\n  way out: the same elements as a batch: x.reshape({", join(dims, ", "), "})")
                   : ""));
  }
  if (x.dtype() != spec.dtype)
    refuse(model, cat(what, " of ", name_of(x.dtype())),
           cat(name_of(spec.dtype), "\n  way out: x.astype(", name_of(spec.dtype),
               "), scaled as the model was trained; a judge converts nothing by itself"));
}

void check_inputs(const std::string& model, const std::vector<TensorSpec>& specs, std::span<const Tensor> x, bool one) {
  for (std::size_t i = 0; i < x.size(); ++i) check_input(model, specs[i], x[i], specs.size() > 1, one);
  for (std::size_t i = 1; i < x.size() && !one; ++i)
    if (x[i].dim(0) != x[0].dim(0))
      refuse(model,
             cat(x[0].dim(0), " samples of input \"", specs[0].name, "\" and ", x[i].dim(0), " of \"", specs[i].name,
                 "\""),
             "as many of each");
}

// Room for the answer; what fits is used again.
void make_room(const ir::Type& type, bool one, Tensor& y) {
  if (y.dtype() == type.dtype && (one ? is_sample_of(type.shape, y.shape()) : y.shape() == type.shape)) return;
  y = Tensor::empty(one ? type.shape.slice(1, type.shape.rank()) : type.shape, type.dtype);
}

// The plan for these inputs: found by their shapes, without a lock; an unknown shape takes the long way.
template <class Compiled>
const Prediction& plan_for(const std::string& model, const std::vector<TensorSpec>& specs, const Predictor& predictor,
                           std::span<const Tensor> x, bool one, const Compiled& compiled) {
  if (const Prediction* p = predictor.find_if([&](const Prediction& q) { return fits(q, x, one); })) return *p;
  check_inputs(model, specs, x, one);
  std::vector<ir::Type> types;
  for (const Tensor& t : x) types.push_back({t.dtype(), one ? t.shape().with_batch(1) : t.shape()});
  return compiled(types);
}

}  // namespace

Judge::Judge(std::unique_ptr<const State> state) : state_(std::move(state)) {}
Judge::Judge(Judge&&) noexcept = default;
Judge& Judge::operator=(Judge&&) noexcept = default;
Judge::~Judge() = default;

namespace {

template <class State>
std::unique_ptr<const State> open(const saving::SharedBytes& bytes, const std::string& shown,
                                  const JudgeOptions& options) {
  auto state = std::make_unique<State>(models::network_from_file(saving::read_model_image(bytes, shown)), options);
  if (!state->network.built())
    throw FileError(cat("[judge] cannot judge with '", shown,
                        "'\n  received: a model that does not say the shape of its input\n  way out: give its first "
                        "layer an input_shape, or call it once, and save it again"));
  state->inputs = state->impl->inputs();
  state->outputs = state->impl->outputs();
  // What is wrong with a model is said here, and the first judgment is as fast as the others.
  if (std::none_of(state->inputs.begin(), state->inputs.end(), is_open)) state->compiled(types_of(state->inputs, 1));
  if (!options.self_test) return state;
  if (const std::optional<saving::SelfTest> test = saving::read_self_test(bytes, shown))
    check_self_test(state->compiled(types_of_samples(state->inputs, test->x)), *test, shown);
  return state;
}

}  // namespace

Judge::Judge(const std::string& path, const JudgeOptions& options)
    : state_(open<State>(saving::read_shared_bytes(path), path, options)) {}

Judge Judge::from_bytes(std::string_view bytes, const JudgeOptions& options, const std::string& shown) {
  // Tensors may lie in the file's bytes, which are the caller's.
  Tensor copy = Tensor::empty({static_cast<std::int64_t>(bytes.size())}, uint8);
  if (!bytes.empty()) std::memcpy(copy.mutable_raw(), bytes.data(), bytes.size());
  return Judge(open<State>(saving::SharedBytes(copy), shown, options));
}

const std::string& Judge::name() const { return state_->name; }
const std::vector<TensorSpec>& Judge::inputs() const { return state_->inputs; }
const std::vector<TensorSpec>& Judge::outputs() const { return state_->outputs; }

void Judge::judge(std::span<const Tensor> x, std::vector<Tensor>& y) const {
  const State& s = *state_;
  if (x.size() != s.inputs.size())
    refuse(s.name, cat(x.size(), x.size() == 1 ? " input" : " inputs"), std::to_string(s.inputs.size()));
  const bool one = x[0].rank() == s.inputs[0].shape.rank() - 1;
  const Prediction& plan = plan_for(s.name, s.inputs, s.predictor, x, one,
                                    [&](const auto& types) -> const Prediction& { return s.compiled(types); });
  thread_local std::vector<const void*> in;
  thread_local std::vector<void*> out;
  in.resize(x.size());
  out.resize(plan.outputs().size());
  y.resize(out.size());
  for (std::size_t i = 0; i < in.size(); ++i) in[i] = x[i].raw();
  for (std::size_t i = 0; i < out.size(); ++i) {
    make_room(plan.outputs()[i], one, y[i]);
    out[i] = y[i].mutable_raw();
  }
  plan.run(in, out);
}

std::vector<Tensor> Judge::judge(const std::vector<Tensor>& x) const {
  std::vector<Tensor> y;
  judge(x, y);
  return y;
}

void Judge::judge(const Tensor& x, Tensor& y) const {
  const State& s = *state_;
  if (s.inputs.size() != 1 || s.outputs.size() != 1)
    refuse(s.name, "one tensor",
           cat(s.inputs.size(), " inputs and ", s.outputs.size(), " outputs\n  way out: judge(std::vector<Tensor>)"));
  const bool one = x.rank() == s.inputs[0].shape.rank() - 1;
  const Prediction& plan = plan_for(s.name, s.inputs, s.predictor, {&x, 1}, one,
                                    [&](const auto& types) -> const Prediction& { return s.compiled(types); });
  make_room(plan.outputs()[0], one, y);
  const void* const in = x.raw();
  void* const out = y.mutable_raw();
  plan.run({&in, 1}, {&out, 1});
}

Tensor Judge::judge(const Tensor& x) const {
  Tensor y;
  judge(x, y);
  return y;
}

void Judge::judge(std::int64_t samples, std::span<const void* const> x, std::span<void* const> y) const {
  const State& s = *state_;
  const Prediction* plan = s.predictor.find_if([&](const Prediction& p) { return p.inputs()[0].shape[0] == samples; });
  if (x.size() != s.inputs.size() || y.size() != s.outputs.size())
    refuse(s.name, cat(x.size(), " input and ", y.size(), " output pointers"),
           cat(s.inputs.size(), " and ", s.outputs.size()));
  // A model whose other dimensions are open, too, has plans that memory alone does not tell apart.
  for (const TensorSpec& spec : s.inputs)
    if (is_open(spec))
      refuse(s.name, cat("memory for input \"", spec.name, "\" of shape ", spec.shape),
             "a Tensor, which says its shape");
  if (samples < 1) refuse(s.name, cat(samples, " samples"), "at least 1");
  if (plan == nullptr) plan = &s.compiled(types_of(s.inputs, samples));
  plan->run(x, y);
}

}  // namespace cornu
