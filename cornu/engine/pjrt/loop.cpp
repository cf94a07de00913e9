#include "cornu/engine/pjrt/loop.h"

#include "cornu/core/error.h"
#include "cornu/stablehlo/stablehlo.h"

namespace cornu::pjrt {

PjrtLoop::PjrtLoop(const Plugin& plugin, const ir::Graph& graph, std::size_t line, std::int64_t lines)
    : plugin_(plugin), program_(plugin, stablehlo::print_loop(graph, line, lines)) {
  for (const ir::ValueId v : graph.parameters()) types_.push_back(graph.type(v));
  types_[line].shape = types_[line].shape.with_batch(lines);
  updated_.resize(graph.outputs().size());
  for (const auto& [output, parameter] : graph.aliases())
    updated_[static_cast<std::size_t>(output)] = static_cast<std::size_t>(parameter);
  for (std::size_t i = 0; i < types_.size(); ++i) values_.emplace_back();
}

void PjrtLoop::set(std::size_t parameter, const void* data) {
  values_[parameter] = Buffer::from_host(plugin_, data, types_[parameter]);
}

void PjrtLoop::get(std::size_t parameter, void* data) const {
  values_[parameter]->to_host(data, types_[parameter].bytes());
}

void PjrtLoop::run(std::int64_t begin, std::int64_t end) {
  const ir::Type number{DType::kInt32, {}};
  const auto first = static_cast<std::int32_t>(begin), last = static_cast<std::int32_t>(end);
  const Buffer from = Buffer::from_host(plugin_, &first, number), to = Buffer::from_host(plugin_, &last, number);
  std::vector<PJRT_Buffer*> arguments;
  for (std::size_t i = 0; i < values_.size(); ++i) {
    if (!values_[i])
      throw InternalError(cat("[pjrt] parameter ", i, " of a loop has no value: set() comes before run()"));
    arguments.push_back(values_[i]->get());
  }
  arguments.push_back(from.get());
  arguments.push_back(to.get());
  std::vector<Buffer> results = program_.run(arguments, updated_.size());
  for (std::size_t o = 0; o < results.size(); ++o) values_[updated_[o]] = std::move(results[o]);
}

}  // namespace cornu::pjrt
