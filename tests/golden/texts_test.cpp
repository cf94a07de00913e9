// Texts that Keras prints, letter for letter: summary tables, progress bars, to_json().
#include <fstream>
#include <sstream>

#include "cornu/callbacks/progbar.h"
#include "cornu/trainers/compile_config.h"
#include "cornu/trainers/model.h"
#include "cornu/trainers/trainer.h"
#include "tests/golden/golden.h"

namespace cornu::golden {
namespace {

std::string text_of(const std::string& file) {
  std::ifstream in(cat(CORNU_GOLDEN_FOLDER, "/keras-3/", file), std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  EXPECT_FALSE(out.str().empty()) << file;
  return out.str();
}

Model model_of(const std::string& name) {
  const Json json = parse_json(text_of(cat("model_", name, ".json")));
  const Model model = model_from_json(dump_json(json));
  if (json.contains("compile_config") && !json["compile_config"].empty()) {
    model.compile(compile_arguments(json["compile_config"]));
    model.trainer().build_optimizer();
  }
  return model;
}

// The first `columns` characters of each line.
std::string cropped(const std::string& text, std::size_t columns) {
  std::string out;
  std::size_t at = 0;
  for (const char c : text) {
    if (c == '\n')
      at = 0;
    else if ((c & 0xC0) != 0x80)
      ++at;
    if (at <= columns) out += c;
  }
  return out;
}

TEST(Texts, Summaries) {
  for (const char* name : {"mlp", "normalized", "compiled", "unbuilt"}) {
    SCOPED_TRACE(name);
    const Model model = model_of(name);
    // The goldens were printed on a terminal of 100 columns, of which Keras takes 88; asked for 120, it is cut off at
    // 100.
    EXPECT_EQ(model.summary({.line_length = 88}), text_of(cat("summary_", name, ".txt")));
    EXPECT_EQ(cropped(model.summary({.line_length = 120}), 100), text_of(cat("summary_", name, "_120.txt")));
  }
  EXPECT_EQ(model_of("compiled").summary({.line_length = 96, .show_trainable = true}),
            text_of("summary_compiled_trainable.txt"));
}

TEST(Texts, ToJson) {
  for (const char* name : {"mlp", "normalized", "compiled", "unbuilt"}) {
    SCOPED_TRACE(name);
    EXPECT_EQ(model_of(name).to_json(), text_of(cat("model_", name, ".json")));
  }
}

// Cases of Progbar alone; those that average, have another unit, or print into no terminal are forms that fit never
// uses (Cornu writes one line an epoch where the stream is no terminal).
TEST(Texts, ProgressBars) {
  for_each_case("progress", "calls", [](const Family&, const Json& c) {
    if (c["kind"] != "progbar" || !c["dynamic_display"].get<bool>()) return;
    const Json& args = c["args"];
    if (!args.contains("stateless_metrics") || !args["stateless_metrics"].empty() || args.contains("unit_name")) return;
    double now = 1000.0;
    std::string text;
    const std::int64_t target = args["target"].is_null() ? 0 : args["target"].get<std::int64_t>();
    Progbar bar(
        target, args.contains("verbose") ? args["verbose"].get<int>() : 1, [&](const std::string& t) { text += t; },
        [&] { return now; });
    for (const Json& call : c["calls"]) {
      now = 1000.0 + call["at"].get<double>();
      Logs logs;
      if (call.contains("values"))
        for (const Json& v : call["values"]) logs.set(v[0].get<std::string>(), v[1].get<double>());
      const std::int64_t current = call["current"].get<std::int64_t>();
      const bool last = call.contains("finalize") && !call["finalize"].is_null() ? call["finalize"].get<bool>()
                                                                                 : target > 0 && current >= target;
      bar.update(current, logs, last);
    }
    EXPECT_EQ(text, c["text"].get<std::string>());
  });
}

}  // namespace
}  // namespace cornu::golden
