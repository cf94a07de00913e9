#include "cornu/models/summary_table.h"

#include <algorithm>
#include <cmath>

#include "cornu/core/text.h"

namespace cornu {
namespace {

// Number of characters (code points) of UTF-8 text.
int length(const std::string& text) {
  return static_cast<int>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

// Breaks at spaces as rich does; a word that is longer than a line ends in an ellipsis.
std::vector<std::string> wrapped(const std::string& text, int width) {
  std::vector<std::string> lines;
  std::string line;
  bool begun = false;  // spaces at the begin of the text stay
  for (std::string word : split(text, ' ')) {
    if (begun && length(line) + 1 + length(word) > width) {
      lines.push_back(line);
      line.clear();
      begun = false;
    }
    if (begun) line += ' ';
    begun = true;
    if (length(word) > width) word = word.substr(0, static_cast<std::size_t>(width - 1)) + "…";
    line += word;
  }
  lines.push_back(line);
  return lines;
}

std::string aligned(const std::string& text, const SummaryColumn& column) {
  const int space = std::max(0, column.width - length(text));
  const int left = column.align == SummaryColumn::kLeft ? 0 : column.align == SummaryColumn::kRight ? space : space / 2;
  return repeated(" ", left) + text + repeated(" ", space - left);
}

}  // namespace

std::string repeated(const char* piece, int n) {
  std::string out;
  for (int i = 0; i < n; ++i) out += piece;
  return out;
}

// Column widths by Keras's rule: shares of the line; then rich takes what padding and borders need off all columns
// alike (its ratio_reduce, which rounds halves to even).
SummaryTable::SummaryTable(std::vector<SummaryColumn> columns, int line_length) : columns_(std::move(columns)) {
  int at = 0;
  std::vector<int> widths;
  for (const SummaryColumn& column : columns_) {
    widths.push_back(static_cast<int>(column.position * line_length) - at + 2);
    at += widths.back() - 2;
  }
  int excess = at + 3 * static_cast<int>(widths.size()) + 1 - line_length;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    const int share =
        static_cast<int>(std::nearbyint(static_cast<double>(excess) / static_cast<double>(widths.size() - i)));
    widths[i] -= share + 2;  // without the padding
    excess -= share;
  }
  for (std::size_t i = 0; i < columns_.size(); ++i) columns_[i].width = std::max(4, widths[i]);
}

void SummaryTable::add_row(const std::vector<std::string>& cells) {
  if (!rows_.empty()) rows_ += rule("├", "─", "┼", "┤");
  rows_ += row(cells, "│");
}

std::string SummaryTable::text() const {
  std::vector<std::string> headers;
  for (const SummaryColumn& c : columns_) headers.push_back(c.header);
  return rule("┏", "━", "┳", "┓") + row(headers, "┃") + rule("┡", "━", "╇", "┩") + rows_ + rule("└", "─", "┴", "┘");
}

std::string SummaryTable::rule(const char* left, const char* line, const char* cross, const char* right) const {
  std::string out = left;
  for (std::size_t i = 0; i < columns_.size(); ++i) out += (i ? cross : "") + repeated(line, columns_[i].width + 2);
  return out + right + "\n";
}

std::string SummaryTable::row(const std::vector<std::string>& cells, const char* bar) const {
  std::vector<std::vector<std::string>> lines;
  std::size_t height = 1;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    lines.push_back(wrapped(cells[i], columns_[i].width));
    height = std::max(height, lines.back().size());
  }
  std::string out;
  for (std::size_t h = 0; h < height; ++h) {
    for (std::size_t i = 0; i < columns_.size(); ++i)
      out += cat(bar, " ", aligned(h < lines[i].size() ? lines[i][h] : "", columns_[i]), " ");
    out += cat(bar, "\n");
  }
  return out;
}

}  // namespace cornu
