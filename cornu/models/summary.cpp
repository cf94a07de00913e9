#include "cornu/models/summary.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace cornu {
namespace {

struct Column {
  std::string header;
  int width;  // of the text, without the space on each side
  enum Align { kLeft, kRight, kCenter } align;
};

// Number of characters (code points) of UTF-8 text.
int length(const std::string& text) {
  return static_cast<int>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string repeated(const char* piece, int n) {
  std::string out;
  for (int i = 0; i < n; ++i) out += piece;
  return out;
}

// Breaks at spaces as rich does; a word that is longer than a line ends in an ellipsis.
std::vector<std::string> wrapped(const std::string& text, int width) {
  std::vector<std::string> lines;
  std::string line;
  for (std::string word : split(text, ' ')) {
    if (!line.empty() && length(line) + 1 + length(word) > width) {
      lines.push_back(line);
      line.clear();
    }
    if (!line.empty()) line += ' ';
    if (length(word) > width) word = word.substr(0, static_cast<std::size_t>(width - 1)) + "…";
    line += word;
  }
  lines.push_back(line);
  return lines;
}

std::string aligned(const std::string& text, const Column& column) {
  const int space = std::max(0, column.width - length(text));
  const int left = column.align == Column::kLeft ? 0 : column.align == Column::kRight ? space : space / 2;
  return repeated(" ", left) + text + repeated(" ", space - left);
}

std::string rule(const std::vector<Column>& columns, const char* left, const char* line, const char* cross,
                 const char* right) {
  std::string out = left;
  for (std::size_t i = 0; i < columns.size(); ++i) out += (i ? cross : "") + repeated(line, columns[i].width + 2);
  return out + right + "\n";
}

std::string row(const std::vector<Column>& columns, const std::vector<std::string>& cells, const char* bar) {
  std::vector<std::vector<std::string>> lines;
  std::size_t height = 1;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    lines.push_back(wrapped(cells[i], columns[i].width));
    height = std::max(height, lines.back().size());
  }
  std::string out;
  for (std::size_t h = 0; h < height; ++h) {
    for (std::size_t i = 0; i < columns.size(); ++i)
      out += cat(bar, " ", aligned(h < lines[i].size() ? lines[i][h] : "", columns[i]), " ");
    out += cat(bar, "\n");
  }
  return out;
}

std::string readable(double bytes) {
  const char* units[] = {"B", "KB", "MB", "GB", "TB", "PB"};
  int unit = 0;
  while (bytes / 1024 >= 1 && unit < 5) {
    bytes /= 1024;
    ++unit;
  }
  char text[64];
  std::snprintf(text, sizeof text, "%.2f %s", bytes, units[unit]);
  return text;
}

std::string total(const char* what, std::int64_t count, std::int64_t bytes) {
  return cat(" ", what, ": ", with_commas(count), " (", readable(static_cast<double>(bytes)), ")\n");
}

OptimizerSize size_of_all(const std::vector<Variable>& variables) {
  OptimizerSize out;
  for (const Variable& v : variables) {
    out.count += v.value().size();
    out.bytes += static_cast<std::int64_t>(v.value().bytes());
  }
  return out;
}

// Column widths by Keras's rule: shares of the line; then rich takes what padding and borders need off all columns
// alike (its ratio_reduce, which rounds halves to even).
std::vector<Column> make_columns(const SummaryOptions& options) {
  const int line = options.line_length;
  std::vector<double> positions = {0.45, 0.80, 1.0};
  std::vector<Column> columns = {
      {"Layer (type)", 0, Column::kLeft}, {"Output Shape", 0, Column::kLeft}, {"Param #", 0, Column::kRight}};
  if (options.show_trainable) {
    for (double& p : positions) p *= 0.9;
    positions.push_back(1.0);
    columns.push_back({"Trainable", 0, Column::kCenter});
  }
  int at = 0;
  std::vector<int> widths;
  for (const double p : positions) {
    widths.push_back(static_cast<int>(p * line) - at + 2);
    at += widths.back() - 2;
  }
  int excess = at + 3 * static_cast<int>(widths.size()) + 1 - line;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    const int share =
        static_cast<int>(std::nearbyint(static_cast<double>(excess) / static_cast<double>(widths.size() - i)));
    widths[i] -= share + 2;  // without the padding
    excess -= share;
  }
  for (std::size_t i = 0; i < columns.size(); ++i) columns[i].width = std::max(4, widths[i]);
  return columns;
}

void add_layers(const std::vector<Layer>& layers, const SummaryOptions& options, const std::vector<Column>& columns,
                int level, bool& first, std::string& out) {
  for (const Layer& layer : layers) {
    if (!first) out += rule(columns, "├", "─", "┼", "┤");
    first = false;
    const std::string prefix = level ? repeated("   ", level) + "└ " : "";
    std::string shape = "?";
    if (layer.built()) shape = to_string(layer.impl().compute_output_shape(layer.impl().build_shape()));
    std::vector<std::string> cells = {cat(prefix, layer.name(), " (", layer.class_name(), ")"), shape,
                                      layer.built() ? with_commas(layer.count_params()) : "0 (unbuilt)"};
    if (options.show_trainable) cells.push_back(layer.weights().empty() ? "-" : layer.trainable() ? "Y" : "N");
    out += row(columns, cells, "│");
    const auto* inner = dynamic_cast<const NetworkImpl*>(&layer.impl());
    if (inner && options.expand_nested) add_layers(inner->layers(), options, columns, level + 1, first, out);
  }
}

}  // namespace

std::string summary(const NetworkImpl& network, const SummaryOptions& options, std::optional<OptimizerSize> optimizer) {
  const std::vector<Column> columns = make_columns(options);
  std::vector<std::string> headers;
  for (const Column& c : columns) headers.push_back(c.header);
  std::string out = cat("Model: \"", network.name(), "\"\n");
  out += rule(columns, "┏", "━", "┳", "┓") + row(columns, headers, "┃") + rule(columns, "┡", "━", "╇", "┩");
  bool first = true;
  add_layers(network.layers(), options, columns, 0, first, out);
  out += rule(columns, "└", "─", "┴", "┘");
  const OptimizerSize trained = size_of_all(network.trainable_variables());
  const OptimizerSize fixed = size_of_all(network.non_trainable_variables());
  const OptimizerSize slots = optimizer.value_or(OptimizerSize{});
  out += total("Total params", trained.count + fixed.count + slots.count, trained.bytes + fixed.bytes + slots.bytes);
  out += total("Trainable params", trained.count, trained.bytes);
  out += total("Non-trainable params", fixed.count, fixed.bytes);
  if (optimizer) out += total("Optimizer params", slots.count, slots.bytes);
  return out;
}

}  // namespace cornu
