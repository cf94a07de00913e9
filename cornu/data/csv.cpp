#include "cornu/data/csv.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

#include "cornu/core/error.h"
#include "cornu/data/file_io.h"
#include "cornu/data/gzip.h"

namespace cornu::data {
namespace {

std::string_view trim_cell(std::string_view cell) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!cell.empty() && blank(cell.front())) cell.remove_prefix(1);
  while (!cell.empty() && blank(cell.back())) cell.remove_suffix(1);
  if (cell.size() >= 2 && cell.front() == '"' && cell.back() == '"') cell = trim_cell(cell.substr(1, cell.size() - 2));
  return cell;
}

bool parse_number(std::string_view cell, double& value) {
  if (!cell.empty() && cell.front() == '+' && cell.size() > 1 && cell[1] != '-') cell.remove_prefix(1);
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (end != cell.data() + cell.size() || cell.empty()) return false;
  if (error == std::errc::result_out_of_range) {
    // from_chars tells neither which end of the range: a negative exponent means too small.
    const bool small = cell.find("e-") != std::string_view::npos || cell.find("E-") != std::string_view::npos;
    const double magnitude = small ? 0.0 : std::numeric_limits<double>::infinity();
    value = cell.front() == '-' ? -magnitude : magnitude;
    return true;
  }
  return error == std::errc{};
}

bool is_whole(std::string_view cell) {
  if (!cell.empty() && (cell.front() == '-' || cell.front() == '+')) cell.remove_prefix(1);
  return !cell.empty() && std::all_of(cell.begin(), cell.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Splits the text into lines and calls f(line, 1-based number) for those that carry a row or a heading.
template <class F>
void for_each_line(std::string_view text, F&& f) {
  std::size_t number = 0;
  while (!text.empty()) {
    const auto* end = static_cast<const char*>(std::memchr(text.data(), '\n', text.size()));
    const std::size_t length = end ? static_cast<std::size_t>(end - text.data()) : text.size();
    const std::string_view line = text.substr(0, length);
    text.remove_prefix(std::min(text.size(), length + 1));
    ++number;
    if (!is_csv_remark(line)) f(line, number);
  }
}

// What one pass over the lines finds out before anything is allocated.
struct Plan {
  char separator = ',';
  bool heading = false;
  bool whole = true;  // no cell has a point, an exponent or a letter
  std::int64_t rows = 0;
  std::int64_t columns = 0;
};

Plan make_plan(std::string_view text, const CsvOptions& options) {
  Plan plan;
  std::int64_t lines = 0;
  for_each_line(text, [&](std::string_view line, std::size_t) {
    if (lines == 0) {
      plan.separator = options.separator ? options.separator : guess_separator(line);
      plan.heading = is_csv_heading(line, plan.separator);
    }
    if (lines == 0 && plan.heading) {
      ++lines;
      return;
    }
    plan.whole = plan.whole && std::all_of(line.begin(), line.end(), [&](char c) {
                   return (c >= '0' && c <= '9') || c == plan.separator || c == '-' || c == '+' || c == ' ' ||
                          c == '"' || c == '\r';
                 });
    if (lines == (plan.heading ? 1 : 0)) plan.columns = std::count(line.begin(), line.end(), plan.separator) + 1;
    ++lines;
  });
  plan.rows = std::max<std::int64_t>(0, lines - (plan.heading ? 1 : 0));
  // A row needs a character a cell and the separators: a text that promises more rows than fit breaks that soon enough,
  // but must not make us allocate for them first.
  const auto fit = static_cast<std::int64_t>(text.size()) / std::max<std::int64_t>(1, 2 * plan.columns) + 1;
  plan.rows = std::min(plan.rows, fit);
  return plan;
}

// `largest` becomes the largest magnitude; integers beyond T's range are cut to it, for the caller to notice by that.
template <class T>
Tensor parse_as(std::string_view text, const std::string& name, const Plan& plan, double& largest) {
  constexpr double kLow = static_cast<double>(std::numeric_limits<T>::lowest());
  constexpr double kHigh = static_cast<double>(std::numeric_limits<T>::max());
  bool whole = true;
  Tensor out = Tensor::empty({plan.rows, plan.columns}, dtype_of<T>);
  T* target = out.mutable_data<T>();
  std::vector<double> cells;
  std::int64_t row = plan.heading ? -1 : 0;
  for_each_line(text, [&](std::string_view line, std::size_t number) {
    if (row++ < 0) return;
    cells.clear();
    parse_csv_line(line, plan.separator, name, number, cells, whole);
    if (static_cast<std::int64_t>(cells.size()) != plan.columns || row > plan.rows)
      throw FileError(cat("\"", name, "\" has rows of different lengths\n  received: ", cells.size(), " cells in line ",
                          number, "\n  expected: ", plan.columns, ", as in the first row"));
    for (const double value : cells) {
      largest = std::max(largest, std::fabs(value));
      *target++ = static_cast<T>(std::is_integral_v<T> ? std::clamp(value, kLow, kHigh) : value);
    }
  });
  return out;
}

}  // namespace

char guess_separator(std::string_view line) {
  for (const char c : {',', ';', '\t'})
    if (line.find(c) != std::string_view::npos) return c;
  return ',';
}

bool is_csv_remark(std::string_view line) {
  line = trim_cell(line);
  return line.empty() || line.front() == '#';
}

bool is_csv_heading(std::string_view line, char separator) {
  double ignored = 0;
  for (const std::string& cell : split(line, separator))
    if (parse_number(trim_cell(cell), ignored)) return false;
  return true;
}

void parse_csv_line(std::string_view line, char separator, const std::string& name, std::size_t line_number,
                    std::vector<double>& out, bool& whole) {
  for (std::size_t column = 1;; ++column) {
    const std::size_t end = std::min(line.find(separator), line.size());
    const std::string_view cell = trim_cell(line.substr(0, end));
    double value = 0;
    if (!parse_number(cell, value))
      throw FileError(cat("\"", name, "\" holds something that is no number\n  received: \"", cell.substr(0, 40),
                          "\" in line ", line_number, ", column ", column,
                          "\n  expected: a number; write a missing value as nan, and texts as numbers"));
    whole = whole && is_whole(cell);
    out.push_back(value);
    if (end == line.size()) return;
    line.remove_prefix(end + 1);
  }
}

Tensor parse_csv(std::string_view text, const std::string& name, const CsvOptions& options) {
  if (starts_with(text, "\xEF\xBB\xBF")) text.remove_prefix(3);  // what Excel writes in front of UTF-8
  const Plan plan = make_plan(text, options);
  if (plan.rows == 0)
    throw FileError(cat("\"", name, "\" holds no row of numbers\n  received: ", text.size(), " bytes",
                        plan.heading ? " with a heading" : "", "\n  expected: lines such as 0.5,1,2"));
  double largest = 0;
  Tensor out;
  if (options.dtype == float32 || (!options.dtype && !plan.whole)) {
    out = parse_as<float>(text, name, plan, largest);
  } else if (options.dtype) {
    out = parse_as<double>(text, name, plan, largest).astype(*options.dtype);
  } else {
    out = parse_as<std::int32_t>(text, name, plan, largest);
    constexpr double kExactInDouble = 9007199254740992.0;
    if (largest > std::numeric_limits<std::int32_t>::max()) out = parse_as<double>(text, name, plan, largest);
    if (out.dtype() == float64 && largest <= kExactInDouble) out = out.astype(int64);
  }
  return plan.columns == 1 ? std::move(out).reshape({plan.rows}) : out;
}

Tensor load_csv(const std::string& path, const CsvOptions& options) {
  Tensor blob = read_file(path);
  if (is_gzip(blob)) blob = gunzip(blob, path);
  return parse_csv({reinterpret_cast<const char*>(blob.raw()), blob.bytes()}, path, options);
}

}  // namespace cornu::data
