// Where the time of a model goes, step by step, on one thread: what it judges with, or what it trains with.
//   bench_steps MODEL.keras [BATCH] [--train] [--top N]
#include <cornu/cornu.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "cornu/engine/cpu/cpu_engine.h"
#include "cornu/engine/cpu/executable.h"
#include "cornu/trainers/trainer.h"

using namespace cornu;

int main(int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') {
    std::fputs("usage: bench_steps MODEL.keras [BATCH] [--train] [--top N]\n", stderr);
    return 2;
  }
  std::int64_t batch = 1;
  std::size_t top = 40;
  bool train = false;
  for (int i = 2; i < argc; ++i) {
    if (std::strcmp(argv[i], "--train") == 0)
      train = true;
    else if (std::strcmp(argv[i], "--top") == 0 && i + 1 < argc)
      top = static_cast<std::size_t>(std::atoll(argv[++i]));
    else
      batch = std::atoll(argv[i]);
  }
  const Model model = load_model(argv[1], false);
  Trainer& trainer = model.trainer();
  const auto shape = [batch](const Shape& s) { return s.slice(1, s.rank()).with_batch(batch); };
  std::vector<ir::Type> x, y;
  for (const TensorSpec& spec : trainer.network().inputs()) x.push_back({spec.dtype, shape(spec.shape)});
  for (const TensorSpec& spec : trainer.network().outputs()) y.push_back({float32, shape(spec.shape)});
  if (train) {
    model.compile({.optimizer = "sgd", .loss = "categorical_crossentropy"});
    model.train_on_batch(Tensor::full(x.at(0).shape, 0.5, x[0].dtype), Tensor::full(y.at(0).shape, 0.1));
  }
  const ir::Graph graph =
      train ? trainer.step_graph(StepKind::kTrain, x, y).graph : forward_graph(trainer.network(), x).graph;
  const auto executable = cpu_engine().compile(graph, {.threads = 1});
  std::vector<Tensor> memory;
  for (const ir::ValueId p : graph.parameters())
    memory.push_back(Tensor::full(graph.shape(p), 0.01, graph.type(p).dtype));
  std::vector<const void*> in;
  std::vector<void*> out(graph.outputs().size());
  for (Tensor& t : memory) in.push_back(t.mutable_raw());
  for (const ir::ValueId o : graph.outputs()) memory.push_back(Tensor::full(graph.shape(o), 0, graph.type(o).dtype));
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = memory[in.size() + i].mutable_raw();
  for (const auto& [o, p] : graph.aliases())
    out[static_cast<std::size_t>(o)] = const_cast<void*>(in[static_cast<std::size_t>(p)]);
  Tensor workspace = Tensor::empty({static_cast<std::int64_t>(executable->workspace_bytes())}, uint8);
  const auto& cpu = dynamic_cast<const cpu::CpuExecutable&>(*executable);
  cpu.profile(in, out, workspace.mutable_raw(), 1);
  const int runs = 5;
  std::vector<cpu::StepTime> times = cpu.profile(in, out, workspace.mutable_raw(), runs);
  double total = 0;
  for (const cpu::StepTime& t : times) total += t.seconds;
  std::stable_sort(times.begin(), times.end(), [](const auto& a, const auto& b) { return a.seconds > b.seconds; });
  std::printf("%.3f ms, %zu steps, workspace %.1f MB\n", total / runs * 1e3, times.size(),
              static_cast<double>(workspace.bytes()) / 1e6);
  for (std::size_t i = 0; i < std::min(top, times.size()); ++i)
    std::printf("%9.1f us %5.1f %%  %s\n", times[i].seconds / runs * 1e6, 100 * times[i].seconds / total,
                times[i].label.c_str());
}
