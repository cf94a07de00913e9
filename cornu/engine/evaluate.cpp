#include <cstdlib>

#include "cornu/core/error.h"
#include "cornu/engine/engine.h"

namespace cornu {

std::vector<Tensor> evaluate(const Engine& engine, const ir::Graph& graph, const std::vector<Tensor>& parameters,
                             const CompileOptions& options) {
  if (parameters.size() != graph.parameters().size())
    throw ValueError(
        cat("[evaluate] received: ", parameters.size(), " tensors\n  expected: ", graph.parameters().size()));
  std::vector<const void*> in;
  std::vector<Tensor> inputs = parameters;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const ir::Type& type = graph.type(graph.parameters()[i]);
    if (ir::Type{inputs[i].dtype(), inputs[i].shape()} != type)
      throw ValueError(cat("[evaluate] parameter \"", graph.parameter_name(static_cast<int>(i)), "\" received: ",
                           name_of(inputs[i].dtype()), " ", inputs[i].shape(), "\n  expected: ", ir::print(type)));
    in.push_back(inputs[i].raw());
  }
  std::vector<Tensor> outputs;
  for (const ir::ValueId v : graph.outputs()) outputs.push_back(Tensor::empty(graph.shape(v), graph.type(v).dtype));
  // An aliased output starts as a copy of its parameter, so that the caller's tensors stay as they are.
  for (const auto& [output, parameter] : graph.aliases()) {
    outputs[static_cast<std::size_t>(output)] = inputs[static_cast<std::size_t>(parameter)].copy();
    in[static_cast<std::size_t>(parameter)] = outputs[static_cast<std::size_t>(output)].raw();
  }
  std::vector<void*> out;
  for (Tensor& t : outputs) out.push_back(t.mutable_raw());
  const std::unique_ptr<Executable> executable = engine.compile(graph, options);
  const Tensor workspace = Tensor::empty({static_cast<std::int64_t>(executable->workspace_bytes())}, uint8);
  const Tensor prepared = Tensor::empty({static_cast<std::int64_t>(executable->prepared_bytes())}, uint8);
  executable->prepare(in, const_cast<void*>(prepared.raw()));
  executable->run(in, out, const_cast<void*>(workspace.raw()), prepared.raw());
  return outputs;
}

}  // namespace cornu
