// The training step of the lecture's network (784 -> Dense 64 relu -> Dense 10 softmax, categorical cross-entropy, SGD,
// accuracy) as one graph on the CPU engine, against the peak of the machine in the same run.
//
//   bench_mlp_step              the table: batches 1, 32, 256, 4096, and three layers of 4096 units
//   bench_mlp_step --graph      the graph after the passes, the steps, and where the time goes
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "cornu/core/text.h"
#include "cornu/engine/cpu/cpu_engine.h"
#include "cornu/engine/cpu/executable.h"
#include "cornu/engine/cpu/kernels/kernels.h"
#include "cornu/engine/cpu/kernels/thread_pool.h"
#include "cornu/grad/gradients.h"
#include "cornu/ir/ops.h"
#include "cornu/passes/pass.h"

namespace cornu {
namespace {

using Clock = std::chrono::steady_clock;

struct Network {
  std::int64_t batch = 32, inputs = 784, classes = 10;
  std::vector<std::int64_t> hidden{64};
  bool adam = false;
};

Value categorical_crossentropy(Value y, Value logits) {
  const Value shifted = logits - ops::stop_gradient(ops::max(logits, {-1}, true));
  const Value log_sum = ops::log(ops::sum(ops::exp(shifted), {-1}, true));
  const Value values = ops::sum(y * (ops::stop_gradient(log_sum) - shifted), {-1}) +
                       ops::squeeze(log_sum - ops::stop_gradient(log_sum), -1);
  return ops::sum(values) / static_cast<double>(values.dim(0));
}

void update(Builder& b, Value old, Value now) {
  const auto& parameters = b.graph().parameters();
  const auto p = std::find(parameters.begin(), parameters.end(), old.id()) - parameters.begin();
  b.graph().alias(b.output(now), static_cast<int>(p));
}

Value adam_update(Builder& b, Value w, Value g, Value m, Value v, Value step, Value rate) {
  const Value m1 = m + (g - m) * 0.1, v1 = v + (ops::square(g) - v) * 0.001;
  const auto power_of = [&](double beta) { return ops::power(ops::full(b, Shape{}, beta), step); };
  const Value alpha = rate * ops::sqrt(1.0 - power_of(0.999)) / (1.0 - power_of(0.9));
  update(b, m, m1);
  update(b, v, v1);
  return w - m1 * alpha / (ops::sqrt(v1) + 1e-7);
}

// What the trainer builds, written by hand so that this program needs no layers.
ir::Graph training_step(const Network& n) {
  Builder b;
  const Value x = b.parameter("x", {n.batch, n.inputs}), y = b.parameter("y", {n.batch, n.classes});
  std::vector<Value> weights;
  Value h = x;
  std::vector<std::int64_t> sizes = n.hidden;
  sizes.push_back(n.classes);
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    weights.push_back(b.parameter("kernel", {h.dim(-1), sizes[i]}));
    weights.push_back(b.parameter("bias", {sizes[i]}));
    h = ops::matmul(h, weights[2 * i]) + weights[2 * i + 1];
    if (i + 1 < sizes.size()) h = ops::relu(h);
  }
  const Value predictions = ops::softmax(h), loss = categorical_crossentropy(y, h);
  const Value accuracy = ops::cast(ops::equal(ops::argmax(y), ops::argmax(predictions)), float32);
  std::vector<Value> state;
  for (int i = 0; i < 4; ++i) state.push_back(b.parameter("state", {}));
  const double batch = static_cast<double>(n.batch);
  const Value iteration = b.parameter("iteration", {}, int64), rate = b.parameter("rate", {});
  const std::vector<Value> gradient = gradients(loss, weights);
  update(b, state[0], state[0] + loss * batch);
  update(b, state[1], state[1] + batch);
  update(b, state[2], state[2] + ops::sum(accuracy));
  update(b, state[3], state[3] + batch);
  const Value step = ops::cast(iteration + 1.0, float32);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (!n.adam)
      update(b, weights[i], weights[i] - rate * gradient[i]);
    else
      update(b, weights[i],
             adam_update(b, weights[i], gradient[i], b.parameter("m", weights[i].shape()),
                         b.parameter("v", weights[i].shape()), step, rate));
  }
  update(b, iteration, iteration + 1.0);
  return std::move(b.graph());
}

double flops(const Network& n) {
  double total = 0;
  std::int64_t in = n.inputs;
  std::vector<std::int64_t> sizes = n.hidden;
  sizes.push_back(n.classes);
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const double one = 2.0 * static_cast<double>(n.batch * in * sizes[i]);
    total += one * (i == 0 ? 2 : 3);  // no gradient for the input
    in = sizes[i];
  }
  return total;
}

// Buffers of a graph, filled with small numbers.
class Run {
 public:
  Run(const ir::Graph& graph, int threads) : executable_(cpu_engine().compile(graph, {.threads = threads})) {
    for (const ir::ValueId p : graph.parameters()) {
      tensors_.push_back(Tensor::full(graph.shape(p), 0, graph.type(p).dtype));
      fill(tensors_.back());
    }
    for (Tensor& t : tensors_) in_.push_back(t.mutable_raw());
    out_.resize(graph.outputs().size());
    for (const auto& [output, parameter] : graph.aliases())
      out_[static_cast<std::size_t>(output)] = const_cast<void*>(in_[static_cast<std::size_t>(parameter)]);
    workspace_ = Tensor::empty({static_cast<std::int64_t>(executable_->workspace_bytes())}, uint8);
  }
  void operator()() { executable_->run(in_, out_, workspace_.mutable_raw()); }
  const Executable& executable() const { return *executable_; }
  void print_profile() {
    const auto& cpu = dynamic_cast<const cpu::CpuExecutable&>(*executable_);
    constexpr int kRuns = 20000;
    for (const cpu::StepTime& t : cpu.profile(in_, out_, workspace_.mutable_raw(), kRuns))
      std::printf("%8.3f us  %s\n", t.seconds / kRuns * 1e6, t.label.c_str());
  }

 private:
  static void fill(Tensor& t) {
    if (t.dtype() != float32) return;
    float* data = t.mutable_data<float>();
    for (std::int64_t i = 0; i < t.size(); ++i) data[i] = static_cast<float>((i * 7919 % 2003) - 1001) * 3e-5f;
    if (t.size() == 1) data[0] = 1e-6f;
  }
  std::unique_ptr<Executable> executable_;
  std::vector<Tensor> tensors_;
  std::vector<const void*> in_;
  std::vector<void*> out_;
  Tensor workspace_;
};

// The median of many short measurements: other work on the machine then costs the tail, not the number.
double seconds_of(Run& run, double budget) {
  for (int i = 0; i < 3; ++i) run();
  auto start = Clock::now();
  run();
  const double once = std::chrono::duration<double>(Clock::now() - start).count();
  const int inner = std::max(1, static_cast<int>(2e-4 / once));
  std::vector<double> times;
  const auto end = Clock::now() + std::chrono::duration<double>(budget);
  while (Clock::now() < end) {
    start = Clock::now();
    for (int i = 0; i < inner; ++i) run();
    times.push_back(std::chrono::duration<double>(Clock::now() - start).count() / inner);
  }
  std::nth_element(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2), times.end());
  return times[times.size() / 2];
}

double peak() {
  float sink = 0;
  double best = 0;
  for (int i = 0; i < 20; ++i) {
    const auto start = Clock::now();
    const double count = cpu::kernels().fma_loop(20000, &sink);
    best = std::max(best, count / std::chrono::duration<double>(Clock::now() - start).count());
  }
  return best * 1e-9;
}

void row(const char* name, const Network& n, double budget) {
  const ir::Graph graph = training_step(n);
  for (const int threads : {1, 2}) {
    Run run(graph, threads);
    const double one = peak();
    const double seconds = seconds_of(run, budget);
    const double rate = flops(n) / seconds * 1e-9;
    std::printf("%-28s %d threads %12.2f us/step %8.1f GFLOP/s %5.1f %% of %d x %.0f\n", name, threads, seconds * 1e6,
                rate, 100 * rate / (threads * one), threads, one);
    std::fflush(stdout);
  }
}

}  // namespace
}  // namespace cornu

int main(int argc, char** argv) {
  using namespace cornu;
  if (argc > 1 && std::strcmp(argv[1], "--graph") == 0) {
    Network n;
    n.adam = argc > 2 && std::strcmp(argv[2], "adam") == 0;
    const ir::Graph graph = training_step(n);
    const ir::Graph after = passes::run_pipeline(graph, {.disabled = {}, .verify = true});
    std::printf("%s\n", print(after).c_str());
    for (const int threads : {1, 2}) std::printf("%s\n", Run(graph, threads).executable().describe().c_str());
    Run(graph, 1).print_profile();
    return 0;
  }
  std::printf("cpu %s\n", std::string(cpu::cpu_target_name()).c_str());
  for (const std::int64_t batch : {1, 32, 256, 4096})
    row(cat("mlp 784-64-10, batch ", batch).c_str(), {.batch = batch}, 1.0);
  row("mlp 784-64-10, batch 32, adam", {.adam = true}, 1.0);
  row("mlp 3 x 4096, batch 256", {.batch = 256, .hidden = {4096, 4096, 4096}}, 3.0);
}
