// The two files, from their parts.
#include "cornu/export/c99/c99.h"

#include <algorithm>
#include <map>

#include "cornu/core/error.h"
#include "cornu/export/c99/memory.h"
#include "cornu/export/c99/steps.h"

namespace cornu::c99 {
namespace {

std::string upper(std::string text) {
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return text;
}

class Assembly {
 public:
  Assembly(const exporting::InferenceGraph& in, const Options& options)
      : g_(in.graph), options_(options), macro_(upper(options.name)), steps_(in) {
    arena();
  }

  Sources sources() {
    Sources out{options_.name, header(), source(), budget_};
    return out;
  }

 private:
  struct Port {
    std::string name;
    ir::Type type;
  };
  std::vector<Port> inputs() const { return ports("x", g_.parameters()); }
  std::vector<Port> outputs() const { return ports("y", g_.outputs()); }
  std::vector<Port> ports(const char* stem, const std::vector<ir::ValueId>& values) const {
    std::vector<Port> out;
    for (std::size_t i = 0; i < values.size(); ++i) out.push_back({cat(stem, i), g_.type(values[i])});
    return out;
  }

  // An arena for each type of element, since one array must not be read as two types.
  void arena() {
    std::map<DType, std::vector<ir::ValueId>> values;
    std::map<DType, std::vector<Buffer>> buffers;
    const std::vector<Step>& steps = steps_.steps();
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const ir::ValueId v = steps[i].value;
      if (std::find(g_.outputs().begin(), g_.outputs().end(), v) != g_.outputs().end()) continue;
      Buffer b{std::max<std::int64_t>(g_.shape(v).size(), 1), static_cast<int>(i), static_cast<int>(i)};
      bool read = false;
      for (std::size_t k = i; k < steps.size(); ++k)
        if (steps[k].reads.count(v)) read = true, b.last = static_cast<int>(k);
      if (!read && g_.shape(v).size() == 0) continue;
      values[g_.type(v).dtype].push_back(v);
      buffers[g_.type(v).dtype].push_back(b);
      budget_.buffers.push_back(
          {cat(steps_.elements().array(v), " ", name_of(g_.type(v).dtype), to_string(g_.shape(v))),
           g_.type(v).bytes()});
    }
    std::vector<std::string> sizes;
    for (auto& [dtype, list] : buffers) {
      const std::int64_t elements = place_buffers(list);
      const std::string name = cat("arena_", suffix(dtype));
      arena_ += cat("static ", c_type(dtype), " ", name, "[", elements, "];\n");
      sizes.push_back(cat("sizeof ", name));
      budget_.arena_bytes += static_cast<std::size_t>(elements) * size_of(dtype);
      for (std::size_t i = 0; i < list.size(); ++i)
        pointers_ += cat("  ", c_type(dtype), " *const t", values[dtype][i], " = ", name, " + ", list[i].offset, ";\n");
    }
    if (!sizes.empty())
      arena_ += cat("typedef char ", options_.name, "_arena_has_the_size_that_the_header_says[", join(sizes, " + "),
                    " == ", macro_, "_RAM_BYTES ? 1 : -1];\n");
    budget_.table_bytes = steps_.elements().table_bytes();
    for (const Port& p : inputs()) budget_.input_bytes += p.type.bytes();
    for (const Port& p : outputs()) budget_.output_bytes += p.type.bytes();
  }

  std::string signature() const {
    std::vector<std::string> parameters;
    for (const Port& p : inputs()) parameters.push_back(cat("const ", c_type(p.type.dtype), " *", p.name));
    for (const Port& p : outputs()) parameters.push_back(cat(c_type(p.type.dtype), " *", p.name));
    return cat("void ", options_.name, "_run(", parameters.empty() ? "void" : join(parameters, ", "), ")");
  }

  std::string header() const {
    std::string out =
        cat("/* ", options_.name, ": a model as C99, written by `cornu export`. Not for editing.\n", "   ",
            options_.name, "_run() judges one sample. It allocates nothing and calls math.h only; its memory is\n",
            "   static, so one call at a time. */\n#ifndef ", macro_, "_H\n#define ", macro_,
            "_H\n\n#include <stdint.h>\n\n");
    for (const auto& list : {inputs(), outputs()})
      for (const Port& p : list)
        out += cat("#define ", macro_, "_", upper(p.name), "_SIZE ", p.type.shape.size(), " /* ", name_of(p.type.dtype),
                   to_string(p.type.shape), " */\n");
    out += cat("#define ", macro_, "_RAM_BYTES ", budget_.arena_bytes,
               " /* activations; inputs and outputs are the caller's */\n", "#define ", macro_, "_FLASH_BYTES ",
               budget_.table_bytes, " /* weights and other tables, without code */\n\n",
               "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n", signature(), ";\n");
    if (!options_.sample_outputs.empty())
      out +=
          cat("/* Judges the recorded sample: 0 when the answer is the recorded one, else 1 + the output that is not. "
              "*/\nint ",
              options_.name, "_self_test(void);\n");
    return out + cat("\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n");
  }

  std::string source() {
    std::string out = cat("/* ", options_.name, ": see ", options_.name, ".h */\n#include \"", options_.name,
                          ".h\"\n\n#include <math.h>\n\n");
    out += steps_.elements().tables() + arena_ + (arena_.empty() ? "" : "\n") + steps_.helpers();
    out += signature() + " {\n" + pointers_;
    for (std::size_t i = 0; i < g_.parameters().size(); ++i) {
      const bool read = std::any_of(steps_.steps().begin(), steps_.steps().end(),
                                    [&](const Step& s) { return s.reads.count(g_.parameters()[i]) > 0; });
      if (!read) out += cat("  (void)x", i, ";\n");
    }
    for (const Port& p : outputs())
      if (p.type.shape.size() == 0) out += cat("  (void)", p.name, ";\n");
    out += steps_.body() + copies() + "}\n";
    if (!options_.sample_outputs.empty()) out += self_test();
    return out;
  }

  // Outputs that are inputs, and outputs that are named twice.
  std::string copies() const {
    std::string out;
    for (std::size_t i = 0; i < g_.outputs().size(); ++i) {
      const std::string from = steps_.elements().array(g_.outputs()[i]), to = cat("y", i);
      if (from != to && g_.shape(g_.outputs()[i]).size() > 0)
        out += cat("  for (int i = 0; i < ", g_.shape(g_.outputs()[i]).size(), "; ++i) ", to, "[i] = ", from, "[i];\n");
    }
    return out;
  }

  std::string self_test() const {
    std::string out = "\n", body, arguments;
    const std::vector<Port> in = inputs(), result = outputs();
    for (std::size_t i = 0; i < in.size(); ++i) {
      out += table(cat("sample_", in[i].name), options_.sample_inputs.at(i), "");
      arguments += cat(i ? ", " : "", "sample_", in[i].name);
    }
    for (std::size_t i = 0; i < result.size(); ++i) {
      const Port& p = result[i];
      out += table(cat("sample_", p.name), options_.sample_outputs.at(i), "");
      body += cat("  static ", c_type(p.type.dtype), " ", p.name, "[", std::max<std::int64_t>(p.type.shape.size(), 1),
                  "];\n");
      arguments += cat(arguments.empty() ? "" : ", ", p.name);
    }
    body += cat("  ", options_.name, "_run(", arguments, ");\n");
    for (std::size_t i = 0; i < result.size(); ++i) {
      const std::string y = cat(result[i].name, "[i]"), sample = cat("sample_", y);
      // Other compilers and libraries round differently, a little.
      const std::string wrong = is_floating(result[i].type.dtype) ? cat("!(fabs((double)", y, " - (double)", sample,
                                                                        ") <= 1e-4 * (1 + fabs((double)", sample, ")))")
                                                                  : cat(y, " != ", sample);
      body += cat("  for (int i = 0; i < ", result[i].type.shape.size(), "; ++i) {\n    if (", wrong, ") return ",
                  i + 1, ";\n  }\n");
    }
    return out + cat("\nint ", options_.name, "_self_test(void) {\n", body, "  return 0;\n}\n");
  }

  const ir::Graph& g_;
  const Options& options_;
  std::string macro_;
  Steps steps_;
  Budget budget_;
  std::string arena_, pointers_;
};

}  // namespace

void check_name(const std::string& name) {
  if (identifier(name) == lower(name) && !name.empty()) return;
  throw ValueError(cat("not a name for C\n  received: \"", name, "\"\n  expected: letters, digits and _, such as \"",
                       identifier(name), "\""));
}

Sources generate(exporting::InferenceGraph graph, const Options& options) {
  check_name(options.name);
  const std::vector<std::string> reasons = refusals(graph.graph);
  if (!reasons.empty())
    throw NotSupportedError(cat("this model cannot be exported as C99\n  received: ", join(reasons, "\n  received: "),
                                "\n  way out: `cornu predict` judges with it on this machine"));
  const exporting::InferenceGraph ready = exporting::prepared(std::move(graph));
  return Assembly(ready, options).sources();
}

}  // namespace cornu::c99
