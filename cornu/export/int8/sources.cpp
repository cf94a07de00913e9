// The two files of an int8 network.
#include "cornu/core/error.h"
#include "cornu/export/c99/c_text.h"
#include "cornu/export/int8/int8.h"
#include "cornu/export/int8/kernels.h"
#include "cornu/export/int8/steps.h"

namespace cornu::int8_export {
namespace {

std::string upper(std::string text) {
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return text;
}

std::string port(const std::string& macro, const char* name, std::int64_t size, const Scale& s) {
  return cat("#define ", macro, "_", name, "_SIZE ", size, "\n#define ", macro, "_", name, "_SCALE ",
             c99::literal(static_cast<double>(s.scale), float32), "\n#define ", macro, "_", name, "_ZERO (", s.zero,
             ")\n");
}

std::string header(const Network& network, const std::string& name, const c99::Budget& budget, bool tested) {
  const std::string macro = upper(name);
  std::string out = cat("/* ", name, ": a model in int8 as C99, written by `cornu export`. Not for editing.\n",
                        "   A number q stands for scale * (q - zero). ", name,
                        "_run() judges one sample; its memory is static, so one\n",
                        "   call at a time. The same bytes come out on every machine. */\n#ifndef ", macro,
                        "_H\n#define ", macro, "_H\n\n#include <stdint.h>\n\n");
  out += port(macro, "X0", network.input_shape.size(), network.input) +
         port(macro, "Y0", network.output_shape.size(), network.layers.back().scale);
  out +=
      cat("#define ", macro, "_RAM_BYTES ", budget.arena_bytes,
          " /* activations; input and output are the caller's */\n#define ", macro, "_FLASH_BYTES ", budget.table_bytes,
          " /* weights and other tables, without code */\n\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n", "void ",
          name, "_run(const int8_t *x0, int8_t *y0);\n");
  if (tested)
    out += cat("/* Judges the recorded sample: 0 when the answer is the recorded one, to the byte. */\nint ", name,
               "_self_test(void);\n");
  return out + "\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n";
}

std::string self_test(const Network& network, const std::string& name, const std::vector<std::int8_t>& sample) {
  const std::vector<std::int8_t> answer = interpret(network, sample).back();
  const auto tensor = [](const std::vector<std::int8_t>& v) {
    return Tensor::from(v, Shape{static_cast<std::int64_t>(v.size())});
  };
  return cat("\n", c99::table("sample_x0", tensor(sample), ""), c99::table("sample_y0", tensor(answer), ""), "\nint ",
             name, "_self_test(void) {\n  int8_t y0[", answer.size(), "];\n  ", name,
             "_run(sample_x0, y0);\n  for (int i = 0; i < ", answer.size(),
             "; ++i) {\n    if (y0[i] != sample_y0[i]) return 1;\n  }\n  return 0;\n}\n");
}

}  // namespace

c99::Sources generate(const Network& network, const std::string& name, const std::vector<std::int8_t>& sample) {
  c99::check_name(name);
  c99::Sources out{name, "", "", {}};
  const std::vector<Group> blocks = groups(network);
  const Storage where = storage(network, blocks);
  StepWriter steps(network);
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const std::vector<int>& inputs = blocks[i].layer->inputs;
    const auto array = [&](int tensor) { return where.tensors[static_cast<std::size_t>(tensor)]; };
    steps.write(blocks[i], {array(inputs[0]), inputs.size() > 1 ? array(inputs[1]) : "", array(blocks[i].result),
                            where.scratch[i]});
  }
  const Code& code = steps.code();
  out.budget.table_bytes = code.table_bytes;
  out.budget.arena_bytes = static_cast<std::size_t>(where.arena);
  out.budget.buffers = where.lines;
  out.budget.input_bytes = static_cast<std::size_t>(network.input_shape.size());
  out.budget.output_bytes = static_cast<std::size_t>(network.output_shape.size());
  out.header = header(network, name, out.budget, !sample.empty());
  out.source =
      cat("/* ", name, ": see ", name, ".h */\n#include \"", name, ".h\"\n\n", kernels(code.helpers), code.tables);
  if (where.arena > 0)
    out.source +=
        cat("static int8_t arena[", where.arena, "];\ntypedef char ", name,
            "_arena_has_the_size_that_the_header_says[sizeof arena == ", upper(name), "_RAM_BYTES ? 1 : -1];\n\n");
  out.source += cat("void ", name, "_run(const int8_t *x0, int8_t *y0) {\n", code.body, "}\n");
  if (!sample.empty()) out.source += self_test(network, name, sample);
  return out;
}

}  // namespace cornu::int8_export
