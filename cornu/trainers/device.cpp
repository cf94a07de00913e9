// Training on an engine with memory of its own: the data are put there once, what a step updates stays there for an
// epoch, and many steps are one program.
#include <algorithm>

#include "cornu/trainers/trainer.h"

namespace cornu {
namespace {

// How often a progress bar moves in an epoch.
constexpr std::int64_t kPartsOfEpoch = 20;

bool is_data(Binding::Kind kind) {
  return kind == Binding::kInput || kind == Binding::kTarget || kind == Binding::kSampleWeight;
}

// Rows that lie scattered, one behind the other.
Tensor gathered(const Tensor& all, const std::uint32_t* rows, std::int64_t count) {
  Tensor out = Tensor::empty(all.shape().slice(1, all.rank()).with_batch(count), all.dtype());
  const std::size_t bytes = all.dim(0) == 0 ? 0 : all.bytes() / static_cast<std::size_t>(all.dim(0));
  for (std::int64_t i = 0; i < count; ++i)
    std::copy_n(static_cast<const char*>(all.raw()) + rows[i] * bytes, bytes,
                static_cast<char*>(out.mutable_raw()) + static_cast<std::size_t>(i) * bytes);
  return out;
}

}  // namespace

void Trainer::open_device(const DataArrays& data, const Batches& batches) {
  const Engine& chosen = engine(arguments().engine);
  if (chosen.in_host_memory() || data.samples() == 0) return device_.reset();
  const std::int64_t batch = std::min(batches.batch_size(), data.samples());
  const auto x = batch_types(data.x, batch), y = batch_types(data.y, batch);
  std::vector<ir::Type> types = x;
  types.insert(types.end(), y.begin(), y.end());
  const bool weighted = !data.sample_weight.empty();
  const bool same =
      device_ && device_->types == types && device_->samples == data.samples() && device_->sample_weight == weighted;
  if (!same) {
    device_.reset();
    StepGraph step = step_graph(StepKind::kTrain, x, y, weighted, data.samples());
    auto device = std::make_unique<Device>();
    device->types = types;
    device->sample_weight = weighted;
    device->samples = data.samples();
    const auto rows = std::find_if(step.parameters.begin(), step.parameters.end(),
                                   [](const Binding& b) { return b.kind == Binding::kRows; });
    device->rows = static_cast<std::size_t>(rows - step.parameters.begin());
    device->parameters = std::move(step.parameters);
    device->updated = std::move(step.outputs);
    device->loop = chosen.loop(std::move(step.graph), device->rows, data.samples() / batch);
    device_ = std::move(device);
  }
  for (std::size_t p = 0; p < device_->parameters.size(); ++p) {
    const Binding& b = device_->parameters[p];
    if (!is_data(b.kind)) continue;
    const auto& arrays = b.kind == Binding::kInput ? data.x : b.kind == Binding::kTarget ? data.y : data.sample_weight;
    device_->loop->set(p, arrays[static_cast<std::size_t>(b.index)].raw());
  }
}

void Trainer::to_device() {
  for (std::size_t p = 0; p < device_->parameters.size(); ++p)
    if (const Binding& b = device_->parameters[p]; !is_data(b.kind) && b.kind != Binding::kRows)
      device_->loop->set(p, memory_of(b, false));
}

void Trainer::from_device(bool metrics_alone) {
  for (const int p : device_->updated) {
    const Binding& b = device_->parameters[static_cast<std::size_t>(p)];
    if (metrics_alone && b.kind != Binding::kMetricState) continue;
    device_->loop->get(static_cast<std::size_t>(p), memory_of(b, true));
  }
}

void Trainer::run_on_device(const DataArrays& data, Batches& batches, std::int64_t first, std::int64_t begin,
                            std::int64_t end, const std::vector<Callback>& callbacks,
                            const std::function<void(std::int64_t)>& done) {
  batches.number_rows();
  batches.select(0);
  device_->loop->set(device_->rows, batches.rows());
  to_device();
  const bool every =
      std::any_of(callbacks.begin(), callbacks.end(), [](const Callback& c) { return c.impl().watches_batches(); });
  const std::int64_t batch = std::min(batches.batch_size(), data.samples());
  const std::int64_t whole = std::min(end, data.samples() / batch - first);
  const std::int64_t chunk = every ? 1 : std::max<std::int64_t>(1, (end - begin) / kPartsOfEpoch);
  Logs batch_logs;
  const CallbackImpl::BatchLogs lazily = [&]() -> const Logs& { return batch_logs = sorted_logs(); };
  for (std::int64_t b = begin, next = b; b < end && !stop_; b = next) {
    for (const Callback& c : callbacks) c.impl().on_train_batch_begin(b);
    if (b < whole) {
      next = std::min(b + chunk, whole);
      device_->loop->run(first + b, first + next);
      from_device(!every && next < whole);
    } else {
      // The last batch is smaller: a step of its own.
      next = b + 1;
      run_rest(data, batches, first + b);
      if (next < end) to_device();
    }
    for (const Callback& c : callbacks) c.impl().on_train_batch_end(next - 1, lazily);
    // A callback may have changed weights or the rate.
    if (every && next < whole) to_device();
    if (done) done(next - 1);
  }
}

void Trainer::run_rest(const DataArrays& data, Batches& batches, std::int64_t number) {
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
  run_step(plan(StepKind::kTrain, batch_types(rest.x, count), batch_types(rest.y, count), !rest.sample_weight.empty(),
                one.share(0)),
           one);
}

}  // namespace cornu
