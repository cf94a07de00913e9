// The judgment segment: sensor -> judge -> sink.
#include "cornu/data/sinks/json_lines.h"
#include "tools/cornu/loading.h"
#include "tools/cornu/output.h"
#include "tools/cornu/system_data.h"

namespace cornu::tool {
namespace {

data::Sink make_sink(const SystemPart& part) {
  ConfigReader reader = part.reader();
  const std::string kind = reader.text("kind", "json_lines");
  if (kind != "json_lines")
    throw ValueError(cat(part.where(), ": unknown kind of sink\n  received: \"", kind, "\"\n  expected: json_lines"));
  const std::string path = reader.text("path", "-");
  data::sinks::JsonLinesOptions options;
  options.append = reader.boolean("append", options.append);
  options.flush_every_line = reader.boolean("flush_every_line", options.flush_every_line);
  reader.finish();
  return data::sinks::json_lines(path, options);
}

std::vector<data::Step> steps_of_samples(const SystemPart& segment) {
  std::vector<data::Step> out;
  for (const SystemStep& step : make_steps(segment)) {
    if (!step.each)
      throw ValueError(cat(step.where,
                           " changes the order or number of samples\n  expected: steps of single samples: every one is "
                           "judged, in order"));
    out.push_back(*step.each);
  }
  return out;
}

}  // namespace

void run_judgment(const SystemPart& segment) {
  ConfigReader whole = segment.reader();
  for (const char* key : {"sensor", "dataset", "judge", "sink"}) whole.json(key);
  whole.finish();
  const std::vector<data::Step> steps = steps_of_samples(segment);
  const SystemPart judge = segment.below("judge");
  ConfigReader reader = judge.reader();
  reader.require("model");
  const Model model = load_network({reader.text("model", ""), reader.text("weights", "")});
  std::optional<std::int64_t> batch_size = reader.optional_integer("batch_size");
  reader.finish();
  data::Sensor sensor = make_sensor(segment.below("sensor"));
  // From a source that may wait (a pipe), each sample is judged when it comes.
  const std::int64_t batch = batch_size.value_or(sensor.remaining() ? 32 : 1);
  if (batch < 1) throw ValueError(cat(judge.where(), ": batch_size\n  received: ", batch, "\n  expected: at least 1"));
  data::Sink sink = make_sink(segment.below("sink"));

  std::int64_t judged = 0;
  Tensor scores;
  for (;;) {
    data::Arrays samples = sensor.read(batch);
    if (samples.size() == 0) break;
    for (const data::Step& step : steps) samples = std::move(samples) | step;
    model.predict_on_batch(samples.x, scores);
    sink.write_batch(scores, samples.has_y() ? std::optional<Tensor>(samples.y) : std::nullopt, judged);
    judged += samples.size();
  }
  sink.close();
  note(cat("judgment of ", judged, " samples"));
}

}  // namespace cornu::tool
