#include "cornu/export/onnx/onnx.h"

#include <limits>
#include <set>

#include "cornu/core/error.h"
#include "cornu/export/onnx/emitter.h"
#include "cornu/export/onnx/refusals.h"

namespace cornu::onnx {

// The message borrows the constants of the program.
struct ModelProto::Content {
  Program program;
  Message message;
};

std::size_t ModelProto::size() const { return content_->message.size(); }
void ModelProto::write(std::ostream& out) const { content_->message.write(out); }

namespace {

[[noreturn]] void refuse(const std::vector<std::string>& reasons) {
  throw NotSupportedError(cat("this model cannot be exported as ONNX\n  received: ", join(reasons, "\n  received: "),
                              "\n  way out: `cornu predict` judges with it on this machine"));
}

// As many names as there are values, each once.
Names port_names(const Names& wanted, std::size_t count, const char* stem, std::set<std::string>& taken) {
  Names out;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string name = i < wanted.size() ? wanted[i] : cat(stem, i);
    std::string free = name;
    for (int n = 1; !taken.insert(free).second; ++n) free = cat(name, "_", n);
    out.push_back(free);
  }
  return out;
}

std::vector<Port> ports(const BatchGraph& in, const std::vector<ir::ValueId>& values, const Names& names) {
  std::vector<Port> out;
  for (std::size_t i = 0; i < values.size(); ++i)
    out.push_back({names[i], in.graph.type(values[i]).dtype, in.extents[static_cast<std::size_t>(values[i])]});
  return out;
}

}  // namespace

ModelProto generate(TwoBatches network, const Options& options) {
  std::vector<std::string> reasons = refusals(network.small.graph);
  if (!reasons.empty()) refuse(reasons);
  const exporting::InferenceGraph small = exporting::prepared(std::move(network.small));
  const exporting::InferenceGraph large = exporting::prepared(std::move(network.large));
  const BatchGraph in = batch_graph(small.graph, large.graph, reasons);
  if (reasons.empty()) reasons = refusals(in);
  if (!reasons.empty()) refuse(reasons);

  std::set<std::string> taken;
  const Names inputs = port_names(options.inputs, in.graph.parameters().size(), "x", taken);
  const Names outputs = port_names(options.outputs, in.graph.outputs().size(), "y", taken);
  auto content =
      std::make_shared<ModelProto::Content>(ModelProto::Content{Program(Names(taken.begin(), taken.end())), Message()});
  Program& program = content->program;
  Emitter emitter(in, small.names, program);
  for (std::size_t i = 0; i < inputs.size(); ++i) emitter.input(in.graph.parameters()[i], inputs[i]);
  for (const ir::Node& node : in.graph.nodes()) emitter.emit(node);
  for (std::size_t i = 0; i < outputs.size(); ++i) program.output(outputs[i], emitter.output(in.graph.outputs()[i]));
  program.finish();
  content->message =
      program.model(options.name, ports(in, in.graph.parameters(), inputs), ports(in, in.graph.outputs(), outputs));
  if (content->message.size() > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()))
    throw NotSupportedError(
        cat("this model is too large for one ONNX file\n  received: ",
            with_commas(static_cast<long long>(content->message.size())),
            " bytes\n  expected: less than 2 GiB, as Protocol Buffers allow; weights in a file of "
            "their own are not written\n  way out: `cornu predict` judges with it on this machine"));
  return ModelProto(content);
}

}  // namespace cornu::onnx
