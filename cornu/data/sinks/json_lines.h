// Judgments as JSON Lines: one JSON object a line.
//   {"index": 0, "prediction": 9, "scores": [1.2e-05, 0.3, ...], "target": 9}
// "prediction" is the position of the largest score; for a single score the score itself; for scores of more axes the
// position along the last one. "target" is there when the judgment has one. A score that is no finite number is null,
// since JSON has no word for it. Numbers are the shortest that read back as the same value.
#pragma once

#include <string>

#include "cornu/data/sinks/sink.h"

namespace cornu::data::sinks {

struct JsonLinesOptions {
  bool append = false;            // to what the file holds, instead of replacing it
  bool flush_every_line = false;  // for a reader that waits at the other end: each line leaves at once
};

// `path` "-" is standard output. Lines are collected and written in large pieces unless flush_every_line.
// Throws FileError when the file cannot be opened, and from write, flush or close when it cannot be written (disk
// full).
Sink json_lines(const std::string& path = "-", const JsonLinesOptions& options = {});

// The line, without its end, for one judgment.
std::string to_json_line(const Judgment& judgment);

}  // namespace cornu::data::sinks
