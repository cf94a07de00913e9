// Steps on an engine with memory of its own: the data are put there once, or come in parts while it computes, what a
// step updates stays there for an epoch, and many steps are one program.
#include <algorithm>
#include <cstring>

#include "cornu/core/error.h"
#include "cornu/distribution/distribution.h"
#include "cornu/trainers/trainer.h"

namespace cornu {
namespace {

// How many programs an epoch is where nobody watches single batches: as often as that, a progress bar moves.
std::int64_t parts_of_epoch(const std::vector<Callback>& callbacks) {
  const bool shown =
      std::any_of(callbacks.begin(), callbacks.end(), [](const Callback& c) { return c.impl().shows_progress(); });
  return shown ? 20 : 1;
}

// Of a device's memory: what data may take that lie there all the time, and each of the parts in which they come
// otherwise. One part is computed with while the next one comes. The rest is for weights and what lies between layers.
constexpr std::int64_t kShareOfData = 2, kShareOfPart = 16;

bool is_data(Binding::Kind kind) {
  return kind == Binding::kInput || kind == Binding::kTarget || kind == Binding::kSampleWeight;
}

const Tensor& array_of(const DataArrays& data, const Binding& b) {
  const auto& arrays = b.kind == Binding::kInput ? data.x : b.kind == Binding::kTarget ? data.y : data.sample_weight;
  return arrays[static_cast<std::size_t>(b.index)];
}

std::int64_t bytes_of(const DataArrays& data) {
  std::size_t out = 0;
  for (const auto* list : {&data.x, &data.y, &data.sample_weight})
    for (const Tensor& t : *list) out += t.bytes();
  return static_cast<std::int64_t>(out);
}

// Rows that lie scattered, one behind the other, at `to`.
void gather(const Tensor& all, const std::uint32_t* rows, std::int64_t count, void* to) {
  const std::size_t bytes = all.bytes() / static_cast<std::size_t>(all.dim(0));
  for (std::int64_t i = 0; i < count; ++i)
    std::memcpy(static_cast<char*>(to) + static_cast<std::size_t>(i) * bytes,
                static_cast<const char*>(all.raw()) + rows[i] * bytes, bytes);
}

Tensor gathered(const Tensor& all, const std::uint32_t* rows, std::int64_t count) {
  Tensor out = Tensor::empty(all.shape().slice(1, all.rank()).with_batch(count), all.dtype());
  gather(all, rows, count, out.mutable_raw());
  return out;
}

// The numbers of the rows that this process has of `count` batches, the first one first.
std::vector<std::uint32_t> own_rows(const DeviceStep& step, Batches& batches, std::int64_t first, std::int64_t count) {
  const std::int64_t own = step.batch / step.spread.processes;
  std::vector<std::uint32_t> out;
  for (std::int64_t b = first; b < first + count; ++b) {
    batches.select(b);
    const auto* rows = static_cast<const std::uint32_t*>(batches.rows()) + step.spread.process * own;
    out.insert(out.end(), rows, rows + own);
  }
  return out;
}

// Puts those rows where a streamed step reads them.
void load(const DeviceStep& step, const DataArrays& data, const std::vector<std::uint32_t>& rows) {
  for (const std::size_t p : step.by_line) {
    const Tensor& all = array_of(data, step.parameters[p]);
    // Lines that are not run hold what was there: nobody reads them.
    const std::int64_t room = step.lines * (step.batch / step.spread.processes);
    Tensor part = Tensor::empty(all.shape().slice(1, all.rank()).with_batch(room), all.dtype());
    gather(all, rows.data(), static_cast<std::int64_t>(rows.size()), part.mutable_raw());
    step.loop->set(p, part.raw());
  }
}

}  // namespace

bool Trainer::watched(const std::vector<Callback>& callbacks) {
  return std::any_of(callbacks.begin(), callbacks.end(), [](const Callback& c) { return c.impl().watches_batches(); });
}

DeviceStep* Trainer::open_device(StepKind kind, const DataArrays& data, std::int64_t batch_size, bool same_data) {
  std::unique_ptr<DeviceStep>& device = kind == StepKind::kTrain ? device_ : test_device_;
  if (engine(arguments().engine).in_host_memory() || data.samples() == 0) {
    device.reset();
    return nullptr;
  }
  const std::int64_t batch = std::min(batch_size, data.samples());
  // What is smaller than a batch is one small step.
  const Spread spread = batch < batch_size ? Spread{} : spread_for(kind, batch_size);
  std::vector<ir::Type> types = batch_types(data.x, batch);
  for (const ir::Type& type : batch_types(data.y, batch)) types.push_back(type);
  const bool same = device && device->types == types && device->samples == data.samples() &&
                    device->sample_weight == !data.sample_weight.empty() && device->spread == spread;
  if (!same) {
    device.reset();  // its data make room first
    device = make_device_step(kind, data, batch, spread);
  }
  if (device->streamed || (same_data && device->holds == data.x[0].raw())) return device.get();
  for (std::size_t p = 0; p < device->parameters.size(); ++p)
    if (const Binding& b = device->parameters[p]; is_data(b.kind)) device->loop->set(p, array_of(data, b).raw());
  device->holds = data.x[0].raw();
  return device.get();
}

int Trainer::devices_given(const Engine& engine) {
  const int asked = distribution::devices();
  return asked == 0 ? engine.devices() : asked;
}

Spread Trainer::spread_for(StepKind kind, std::int64_t batch_size) const {
  const Engine& chosen = engine(arguments().engine);
  const Spread out{devices_given(chosen), communicator_ ? chosen.processes() : 1,
                   communicator_ ? communicator_->rank() : 0};
  if (batch_size % out.count() == 0) return out;
  if (kind == StepKind::kTest) return {};
  throw ValueError(cat("[fit] received: batch_size=", batch_size, " for ", out.count(),
                       " devices\n  expected: a multiple of ", out.count(), ", so that each takes as many samples"));
}

std::unique_ptr<DeviceStep> Trainer::make_device_step(StepKind kind, const DataArrays& data, std::int64_t batch,
                                                      const Spread& spread) const {
  const Engine& chosen = engine(arguments().engine);
  auto step = std::make_unique<DeviceStep>();
  step->kind = kind;
  step->types = batch_types(data.x, batch);
  step->inputs = step->types.size();
  const std::vector<ir::Type> y = batch_types(data.y, batch);
  step->types.insert(step->types.end(), y.begin(), y.end());
  step->sample_weight = !data.sample_weight.empty();
  step->samples = data.samples();
  step->batch = batch;
  step->spread = spread;
  step->lines = data.samples() / batch;
  const std::int64_t memory = chosen.memory(), bytes = bytes_of(data);
  step->streamed = memory > 0 && bytes > memory / kShareOfData;
  if (step->streamed) {
    const std::int64_t line = std::max<std::int64_t>(1, bytes / data.samples() * batch);
    step->lines = std::clamp<std::int64_t>(memory / kShareOfPart / line, 1, step->lines);
  }
  // The graph is that of one device.
  const std::int64_t part = batch / spread.count();
  step->share = {spread.count(), part, batch};
  StepGraph graph = step_graph(kind, batch_types(data.x, part), batch_types(data.y, part), step->sample_weight,
                               step->streamed ? 0 : data.samples(), step->share);
  for (std::size_t p = 0; p < graph.parameters.size(); ++p)
    if (const Binding::Kind of = graph.parameters[p].kind; step->streamed ? is_data(of) : of == Binding::kRows)
      step->by_line.push_back(p);
  step->parameters = std::move(graph.parameters);
  step->outputs = std::move(graph.outputs);
  CompileOptions options;
  options.replicas = spread.devices;
  options.processes = spread.processes;
  step->loop = chosen.loop(std::move(graph.graph), step->by_line, step->lines, options);
  return step;
}

void Trainer::to_device(const DeviceStep& step) {
  for (std::size_t p = 0; p < step.parameters.size(); ++p)
    if (const Binding& b = step.parameters[p]; !is_data(b.kind) && b.kind != Binding::kRows)
      step.loop->set(p, memory_of(b, false));
}

void Trainer::from_device(const DeviceStep& step, bool metrics_alone) {
  for (const int p : step.outputs) {
    const Binding& b = step.parameters[static_cast<std::size_t>(p)];
    if (metrics_alone && b.kind != Binding::kMetricState) continue;
    step.loop->get(static_cast<std::size_t>(p), memory_of(b, true));
  }
}

void Trainer::run_on_device(DeviceStep& step, const DataArrays& data, Batches& batches, std::int64_t first,
                            std::int64_t begin, std::int64_t end, const std::vector<Callback>& callbacks,
                            const std::function<void(std::int64_t)>& done) {
  const bool train = step.kind == StepKind::kTrain, every = watched(callbacks);
  batches.number_rows();
  if (!step.streamed) {
    const std::vector<std::uint32_t> rows = own_rows(step, batches, 0, step.lines);
    step.loop->set(step.by_line[0], rows.data());
  }
  to_device(step);
  const std::int64_t whole = std::min(end, data.samples() / step.batch - first);
  const std::int64_t chunk = every ? 1 : std::max<std::int64_t>(1, (end - begin) / parts_of_epoch(callbacks));
  // The batch at line 0, and the first one that is not there.
  std::int64_t loaded = -first, missing = whole;
  const auto load_at = [&](std::int64_t b) {
    if (!step.streamed || b >= whole) return;
    loaded = b;
    missing = std::min(b + step.lines, whole);
    load(step, data, own_rows(step, batches, first + b, missing - b));
  };
  Logs batch_logs;
  const CallbackImpl::BatchLogs lazily = [&]() -> const Logs& { return batch_logs = sorted_logs(); };
  load_at(begin);
  for (std::int64_t b = begin, next = b; b < end && !(train && stop_); b = next) {
    for (const Callback& c : callbacks) train ? c.impl().on_train_batch_begin(b) : c.impl().on_test_batch_begin(b);
    if (b < whole) {
      next = std::min(b + chunk, missing);
      step.loop->run(b - loaded, next - loaded);
      if (next == missing) load_at(next);  // while it computes
      from_device(step, !every && next < whole);
    } else {
      // The last batch is smaller: a step of its own.
      next = b + 1;
      run_rest(step.kind, data, batches, first + b);
      if (next < end) to_device(step);
    }
    for (const Callback& c : callbacks)
      train ? c.impl().on_train_batch_end(next - 1, lazily) : c.impl().on_test_batch_end(next - 1, lazily);
    // A callback may have changed weights or the rate.
    if (every && next < whole) to_device(step);
    if (done) done(next - 1);
  }
  // What each process computed by itself, a smaller last batch, may differ in the last bit: the first one's counts.
  if (train && communicator_) share_state();
}

void Trainer::run_rest(StepKind kind, const DataArrays& data, Batches& batches, std::int64_t number) {
  batches.select(number);
  const std::int64_t count = batches.size(number);
  const auto take = [&](const std::vector<Tensor>& arrays) {
    std::vector<Tensor> out;
    for (const Tensor& t : arrays) out.push_back(gathered(t, static_cast<const std::uint32_t*>(batches.rows()), count));
    return out;
  };
  const DataArrays rest{take(data.x), take(data.y), take(data.sample_weight)};
  Batches one(rest, count);
  one.select(0);
  run_step(
      plan(kind, batch_types(rest.x, count), batch_types(rest.y, count), !rest.sample_weight.empty(), one.share(0)),
      one);
}

}  // namespace cornu
