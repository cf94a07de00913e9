#include "cornu/engine/pjrt/loop.h"

#include <cstring>

#include "cornu/core/error.h"
#include "cornu/engine/pjrt/simplify.h"
#include "cornu/stablehlo/stablehlo.h"

namespace cornu::pjrt {

PjrtLoop::PjrtLoop(const Plugin& plugin, const ir::Graph& graph, const std::vector<std::size_t>& by_line,
                   std::int64_t lines, const ProgramOptions& options)
    : plugin_(plugin),
      lines_(lines),
      program_(plugin,
               stablehlo::print_loop(graph, by_line, lines,
                                     print_options(plugin.platform(), options.replicas * options.processes)),
               options),
      by_line_(graph.parameters().size(), false),
      updated_(graph.outputs().size(), -1),
      replicas_(static_cast<std::size_t>(options.replicas)) {
  for (const ir::ValueId v : graph.parameters()) parameters_.push_back(graph.type(v));
  for (const ir::ValueId v : graph.outputs()) outputs_.push_back(graph.type(v));
  for (const auto& [output, parameter] : graph.aliases()) updated_[static_cast<std::size_t>(output)] = parameter;
  for (const std::size_t p : by_line) {
    by_line_[p] = true;
    parameters_[p].shape = parameters_[p].shape.with_batch(lines);
  }
  for (std::size_t o = 0; o < outputs_.size(); ++o)
    if (updated_[o] < 0) outputs_[o].shape = outputs_[o].shape.with_batch(lines);
  for (Replica& r : replicas_) {
    for (std::size_t p = 0; p < parameters_.size(); ++p) r.parameters.emplace_back();
    for (std::size_t o = 0; o < outputs_.size(); ++o) r.gathered.emplace_back();
  }
}

void PjrtLoop::set(std::size_t parameter, const void* data) {
  const ir::Type& type = parameters_[parameter];
  const std::size_t count = replicas_.size(), part = type.bytes() / static_cast<std::size_t>(lines_);
  for (std::size_t r = 0; r < count; ++r) {
    if (count == 1 || !by_line_[parameter]) {
      replicas_[r].parameters[parameter] = Buffer::from_host(plugin_, data, type, r);
      continue;
    }
    // Its part of each line.
    std::vector<char> own(type.bytes());
    for (std::size_t line = 0; line < static_cast<std::size_t>(lines_); ++line)
      std::memcpy(own.data() + line * part, static_cast<const char*>(data) + (line * count + r) * part, part);
    replicas_[r].parameters[parameter] = Buffer::from_host(plugin_, own.data(), type, r);
  }
}

void PjrtLoop::get(std::size_t parameter, void* data) const {
  replicas_[0].parameters[parameter]->to_host(data, parameters_[parameter].bytes());
}

void PjrtLoop::output(std::size_t output, void* data) const {
  const std::size_t count = replicas_.size(), bytes = outputs_[output].bytes();
  const std::size_t part = bytes / static_cast<std::size_t>(lines_);
  if (count == 1) return replicas_[0].gathered[output]->to_host(data, bytes);
  std::vector<char> own(bytes);
  for (std::size_t r = 0; r < count; ++r) {
    replicas_[r].gathered[output]->to_host(own.data(), bytes);
    for (std::size_t line = 0; line < static_cast<std::size_t>(lines_); ++line)
      std::memcpy(static_cast<char*>(data) + (line * count + r) * part, own.data() + line * part, part);
  }
}

void PjrtLoop::run(std::int64_t begin, std::int64_t end) {
  const ir::Type number{DType::kInt32, {}};
  const auto first = static_cast<std::int32_t>(begin), last = static_cast<std::int32_t>(end);
  std::vector<Buffer> limits;
  std::vector<std::vector<PJRT_Buffer*>> arguments;
  for (std::size_t r = 0; r < replicas_.size(); ++r) {
    std::vector<PJRT_Buffer*>& own = arguments.emplace_back();
    for (std::size_t p = 0; p < parameters_.size(); ++p) {
      if (!replicas_[r].parameters[p])
        throw InternalError(cat("[pjrt] parameter ", p, " of a loop has no value: set() comes before run()"));
      own.push_back(replicas_[r].parameters[p]->get());
    }
    for (const std::int32_t* limit : {&first, &last}) {
      limits.push_back(Buffer::from_host(plugin_, limit, number, r));
      own.push_back(limits.back().get());
    }
  }
  std::vector<std::vector<Buffer>> results = program_.run(arguments, outputs_.size());
  for (std::size_t r = 0; r < replicas_.size(); ++r)
    for (std::size_t o = 0; o < outputs_.size(); ++o)
      (updated_[o] < 0 ? replicas_[r].gathered[o] : replicas_[r].parameters[static_cast<std::size_t>(updated_[o])]) =
          std::move(results[r][o]);
}

}  // namespace cornu::pjrt
