// The table that Keras prints with the library rich: boxes, columns of fixed width, text broken at spaces.
#pragma once

#include <string>
#include <vector>

namespace cornu {

struct SummaryColumn {
  enum Align { kLeft, kRight, kCenter };
  std::string header;
  double position;  // where it ends, as a share of the line
  Align align;
  int width = 0;  // of the text, without the space on each side
};

class SummaryTable {
 public:
  SummaryTable(std::vector<SummaryColumn> columns, int line_length);
  void add_row(const std::vector<std::string>& cells);
  // The whole table, with a final newline.
  std::string text() const;

 private:
  std::string rule(const char* left, const char* line, const char* cross, const char* right) const;
  std::string row(const std::vector<std::string>& cells, const char* bar) const;

  std::vector<SummaryColumn> columns_;
  std::string rows_;
};

// `piece` n times.
std::string repeated(const char* piece, int n);

}  // namespace cornu
