// The two files of an int8 network.
#include <algorithm>

#include "cornu/core/error.h"
#include "cornu/export/c99/c_text.h"
#include "cornu/export/c99/memory.h"
#include "cornu/export/int8/int8.h"
#include "cornu/export/int8/steps.h"

namespace cornu::int8_export {
namespace {

constexpr const char* kScaled =
    "/* sum * multiplier / 2^shift, rounded once; shifts of negative numbers are arithmetic, as everywhere. */\n"
    "static int32_t scaled(int32_t sum, int32_t multiplier, int shift) {\n"
    "  return (int32_t)(((int64_t)sum * multiplier + ((int64_t)1 << (shift - 1))) >> shift);\n}\n\n";
constexpr const char* kHeld =
    "static int8_t held(int32_t value, int32_t low, int32_t high) {\n"
    "  return (int8_t)(value < low ? low : value > high ? high : value);\n}\n\n";

std::string upper(std::string text) {
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return text;
}

// Where each tensor lies: x0, y0, or a place in the arena.
std::vector<std::string> place(const Network& network, c99::Budget& budget, std::int64_t& arena) {
  const auto count = static_cast<int>(network.layers.size());
  std::vector<c99::Buffer> buffers;
  for (int i = 0; i + 1 < count; ++i) {
    c99::Buffer b{network.size(i + 1), i, i};
    for (int k = i; k < count; ++k)
      for (const int input : network.layers[static_cast<std::size_t>(k)].inputs)
        if (input == i + 1) b.last = k;
    buffers.push_back(b);
    budget.buffers.push_back({cat(network.layers[static_cast<std::size_t>(i)].name, " int8",
                                  to_string(network.layers[static_cast<std::size_t>(i)].to)),
                              static_cast<std::size_t>(b.elements)});
  }
  arena = c99::place_buffers(buffers);
  std::vector<std::string> names = {"x0"};
  for (const c99::Buffer& b : buffers) names.push_back(b.offset == 0 ? "arena" : cat("(arena + ", b.offset, ")"));
  names.push_back("y0");
  return names;
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
  std::int64_t arena = 0;
  const std::vector<std::string> names = place(network, out.budget, arena);
  StepWriter steps(network);
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    const Layer& l = network.layers[i];
    const auto input = [&](std::size_t k) {
      return k < l.inputs.size() ? names[static_cast<std::size_t>(l.inputs[k])] : std::string();
    };
    steps.write(l, input(0), input(1), names[i + 1]);
  }
  const Code& code = steps.code();
  out.budget.table_bytes = code.table_bytes;
  out.budget.arena_bytes = static_cast<std::size_t>(arena);
  out.budget.input_bytes = static_cast<std::size_t>(network.input_shape.size());
  out.budget.output_bytes = static_cast<std::size_t>(network.output_shape.size());
  out.header = header(network, name, out.budget, !sample.empty());
  out.source = cat("/* ", name, ": see ", name, ".h */\n#include \"", name, ".h\"\n\n", code.tables);
  if (arena > 0)
    out.source +=
        cat("static int8_t arena[", arena, "];\ntypedef char ", name,
            "_arena_has_the_size_that_the_header_says[sizeof arena == ", upper(name), "_RAM_BYTES ? 1 : -1];\n\n");
  if (code.helpers.count("scaled")) out.source += kScaled;
  if (code.helpers.count("held")) out.source += kHeld;
  out.source += cat("void ", name, "_run(const int8_t *x0, int8_t *y0) {\n", code.body, "}\n");
  if (!sample.empty()) out.source += self_test(network, name, sample);
  return out;
}

}  // namespace cornu::int8_export
