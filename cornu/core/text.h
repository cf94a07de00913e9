// Small text helpers: cat() glues printable things together, and the name rules that Keras uses.
#pragma once

#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace cornu {

// Writes all arguments one after the other, as operator<< prints them.
template <class... Args>
std::string cat(const Args&... args) {
  std::ostringstream out;
  (out << ... << args);
  return std::move(out).str();
}

std::string join(const std::vector<std::string>& parts, std::string_view separator);
std::vector<std::string> split(std::string_view text, char separator);
std::string_view trim(std::string_view text);
std::string lower(std::string_view text);
bool starts_with(std::string_view text, std::string_view prefix);
bool ends_with(std::string_view text, std::string_view suffix);

// Keras's to_snake_case: "Conv2D" -> "conv2d", "BatchNormalization" -> "batch_normalization".
std::string to_snake_case(std::string_view class_name);

// The shortest decimal text that reads back as the same number, as Python's repr writes it: "0.1", "1e-07", "1.0".
std::string repr(double value);
// 1234567 -> "1,234,567".
std::string with_commas(long long value);

// The known name nearest to `name` by edit distance, or "" when nothing is near: for "did you mean" in errors.
std::string nearest(std::string_view name, const std::vector<std::string>& known);

}  // namespace cornu
