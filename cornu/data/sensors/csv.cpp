#include "cornu/data/sensors/csv.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "cornu/core/error.h"
#include "cornu/data/csv.h"

namespace cornu::data::sensors {
namespace {

// A line longer than this is no table of numbers, but a foreign file that would fill the memory.
constexpr std::size_t kMaxLine = std::size_t{64} << 20;

struct CloseUnlessStandard {
  void operator()(std::FILE* file) const {
    if (file != stdin) std::fclose(file);
  }
};

class CsvSensor final : public SensorBase {
 public:
  CsvSensor(const std::string& path, const CsvOptions& options)
      : name_(path == "-" ? "standard input" : path),
        options_(options),
        file_(path == "-" ? stdin : std::fopen(path.c_str(), "re")) {
    if (!file_)
      throw FileError(cat("cannot open \"", path, "\"\n  received: ", std::strerror(errno),
                          "\n  expected: a file of numbers, or \"-\" for standard input"));
  }

  std::optional<Sample> next() override {
    while (read_line()) {
      if (is_csv_remark(line_)) continue;
      if (!started_) {
        started_ = true;
        separator_ = options_.separator ? options_.separator : guess_separator(line_);
        if (is_csv_heading(line_, separator_)) continue;
      }
      return parse();
    }
    return std::nullopt;
  }

 private:
  bool read_line() {
    line_.clear();
    int c = 0;
    while ((c = std::getc(file_.get())) != EOF && c != '\n') {
      line_ += static_cast<char>(c);
      if (line_.size() > kMaxLine)
        throw FileError(
            cat("\"", name_, "\" has a line of more than ", kMaxLine, " bytes\n  expected: a table of numbers"));
    }
    if (c == EOF && std::ferror(file_.get()))
      throw FileError(
          cat("cannot read \"", name_, "\"\n  received: ", std::strerror(errno), "\n  expected: lines of numbers"));
    ++number_;
    if (number_ == 1 && starts_with(line_, "\xEF\xBB\xBF")) line_.erase(0, 3);
    return c != EOF || !line_.empty();
  }

  Sample parse() {
    cells_.clear();
    bool whole = true;
    parse_csv_line(line_, separator_, name_, number_, cells_, whole);
    const auto count = static_cast<int>(cells_.size());
    if (columns_ == 0) columns_ = count;
    if (count != columns_)
      throw FileError(cat("\"", name_, "\" has rows of different lengths\n  received: ", count, " cells in line ",
                          number_, "\n  expected: ", columns_, ", as in the first row"));
    Sample sample;
    if (options_.target) {
      const int column = *options_.target < 0 ? *options_.target + count : *options_.target;
      if (column < 0 || column >= count)
        throw ValueError(cat("[sensors::csv] received: target column ", *options_.target, "\n  expected: 0 to ",
                             count - 1, ", for the ", count, " columns of \"", name_, "\""));
      sample.y = Tensor::scalar(cells_[static_cast<std::size_t>(column)]).astype(options_.target_dtype);
      cells_.erase(cells_.begin() + column);
    }
    sample.x = Tensor::from(cells_).astype(options_.dtype);
    return sample;
  }

  std::string name_;
  CsvOptions options_;
  std::unique_ptr<std::FILE, CloseUnlessStandard> file_;
  std::string line_;
  std::vector<double> cells_;
  std::size_t number_ = 0;
  int columns_ = 0;
  char separator_ = ',';
  bool started_ = false;
};

}  // namespace

Sensor csv(const std::string& path, const CsvOptions& options) { return CsvSensor(path, options); }

}  // namespace cornu::data::sensors
