// Lines of numbers as they come: a file, a pipe, or standard input. One line is one sample.
#pragma once

#include <optional>
#include <string>

#include "cornu/data/sensors/sensor.h"

namespace cornu::data::sensors {

struct CsvOptions {
  std::optional<int> target =
      std::nullopt;              // the column that is y, counted from 0, from the end when negative; else there is no y
  char separator = '\0';         // '\0': comma, else semicolon, else tab, whichever the first line has
  DType dtype = float32;         // of x
  DType target_dtype = float32;  // of y
};

// x: the cells of a line, shape (columns,) without the target; y: shape (). `path` "-" is standard input.
// Headings, remarks and blank lines are passed over as load_csv does it.
// Throws FileError when the file cannot be opened; next() throws FileError, with the line's number, for a bad line, and
// the line after it can still be read.
Sensor csv(const std::string& path, const CsvOptions& options = {});

}  // namespace cornu::data::sensors
