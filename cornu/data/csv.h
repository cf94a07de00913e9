// Tables of numbers as text: one line a row, cells parted by commas (or semicolons, or tabs).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cornu/core/tensor.h"

namespace cornu::data {

struct CsvOptions {
  char separator = '\0';  // '\0': comma, else semicolon, else tab, whichever the first line has
  // The dtype of the result. Not given: int32 (or int64, or float64 beyond 2^53, when one is too large) when every cell
  // is a whole number written without a point, else float32.
  std::optional<DType> dtype = std::nullopt;
};

// Reads a file of numbers, gzipped or not. Shape (rows, columns), or (rows,) for a single column, as numpy.loadtxt.
// A first line without any number is a heading and is skipped, as are empty lines and lines that begin with '#'.
// "nan" and "inf" are numbers; cells may stand in double quotes.
// Throws FileError, with the line's number, for a cell that is no number and for rows of different lengths.
Tensor load_csv(const std::string& path, const CsvOptions& options = {});

// The same for text in memory; `name` names it in messages.
Tensor parse_csv(std::string_view text, const std::string& name, const CsvOptions& options = {});

// The parts that a reader of single lines needs (sensors/csv.h).
char guess_separator(std::string_view line);
// True for lines that carry no row: blank, or a remark.
bool is_csv_remark(std::string_view line);
// True when not one cell is a number.
bool is_csv_heading(std::string_view line, char separator);
// Appends the cells to `out`; `whole` becomes false when a cell is not written as a whole number.
// Throws FileError naming `name` and the 1-based `line_number`.
void parse_csv_line(std::string_view line, char separator, const std::string& name, std::size_t line_number,
                    std::vector<double>& out, bool& whole);

}  // namespace cornu::data
