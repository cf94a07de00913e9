// Predictions on an engine with memory of its own: many batches are one program, and come back together.
#include <algorithm>

#include "cornu/trainers/trainer.h"

namespace cornu {
namespace {

// What the inputs of one program may take, in bytes: enough to keep a device busy, little beside its memory.
constexpr std::int64_t kPart = std::int64_t{64} << 20, kShareOfPart = 16;

std::int64_t line_bytes(const std::vector<ir::Type>& types) {
  std::size_t out = 0;
  for (const ir::Type& t : types) out += t.bytes();
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(out));
}

}  // namespace

std::int64_t Trainer::predict_on_device(const std::vector<Tensor>& x, std::int64_t batch, std::int64_t steps,
                                        const std::function<void(const std::vector<ir::Type>&)>& allocate,
                                        std::vector<Tensor>& out) const {
  const Engine& chosen = engine(compiled_ ? compiled_->engine : "");
  const std::int64_t whole = std::min(steps, x[0].dim(0) / batch);
  if (chosen.in_host_memory() || whole < 2) return 0;
  const int given = devices_given(chosen), devices = batch % given == 0 ? given : 1;
  const std::vector<ir::Type> inputs = batch_types(x, batch);
  const std::int64_t memory = chosen.memory(), part = memory > 0 ? std::min(kPart, memory / kShareOfPart) : kPart;
  const std::int64_t lines = std::clamp<std::int64_t>(part / line_bytes(inputs), 1, whole);
  const std::lock_guard lock(device_prediction_mutex_);
  if (!device_prediction_ || device_prediction_->inputs != inputs || device_prediction_->lines != lines ||
      device_prediction_->devices != devices) {
    device_prediction_.reset();  // makes room first
    ForwardGraph forward = forward_graph(network(), batch_types(x, batch / devices));
    auto made = std::make_unique<DevicePrediction>();
    made->inputs = inputs;
    made->lines = lines;
    made->devices = devices;
    made->parameters = std::move(forward.parameters);
    for (const ir::ValueId v : forward.graph.outputs()) made->outputs.push_back(forward.graph.type(v));
    std::vector<std::size_t> by_line;
    for (std::size_t p = 0; p < made->parameters.size(); ++p)
      if (made->parameters[p].input >= 0) by_line.push_back(p);
    CompileOptions options;
    options.replicas = devices;
    made->loop = chosen.loop(std::move(forward.graph), by_line, lines, options);
    device_prediction_ = std::move(made);
  }
  const DevicePrediction& on = *device_prediction_;
  allocate(on.outputs);
  const auto row = [](const Tensor& t, std::int64_t i) {
    return static_cast<std::size_t>(i) * (t.bytes() / static_cast<std::size_t>(t.dim(0)));
  };
  for (std::size_t p = 0; p < on.parameters.size(); ++p)
    if (on.parameters[p].input < 0) on.loop->set(p, on.parameters[p].variable.value().raw());
  for (std::int64_t done = 0; done < whole; done += lines) {
    // The last part is as long as the others, so that one program does: it begins a little earlier.
    const std::int64_t at = std::min(done, whole - lines) * batch;
    for (std::size_t p = 0; p < on.parameters.size(); ++p)
      if (const int i = on.parameters[p].input; i >= 0) {
        const Tensor& all = x[static_cast<std::size_t>(i)];
        on.loop->set(p, static_cast<const char*>(all.raw()) + row(all, at));
      }
    on.loop->run(0, lines);
    for (std::size_t o = 0; o < out.size(); ++o)
      on.loop->output(o, static_cast<char*>(out[o].mutable_raw()) + row(out[o], at));
  }
  return whole;
}

}  // namespace cornu
