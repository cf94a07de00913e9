// Small text helpers: cat() glues printable things together, and the name rules that Keras uses.
#pragma once

#include <initializer_list>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace cornu {

// One argument of cat(): where it lies, and how its type is printed. Hundreds of messages have arguments of a type
// list of their own, and none of them shall be code of its own.
class Printable {
 public:
  Printable(const char* text) : value_(text), print_(&print_c_text) {}
  Printable(const std::string& text) : value_(&text), print_(&print_text) {}
  template <class T>
  requires(!std::is_convertible_v<const T&, const char*>) Printable(const T& value)
      : value_(&value), print_([](std::ostream& out, const void* v) { out << *static_cast<const T*>(v); }) {}
  void print(std::ostream& out) const { print_(out, value_); }

 private:
  static void print_c_text(std::ostream& out, const void* text);
  static void print_text(std::ostream& out, const void* text);
  const void* value_;
  void (*print_)(std::ostream&, const void*);
};

std::string cat_all(std::initializer_list<Printable> parts);

// Writes all arguments one after the other, as operator<< prints them.
template <class... Args>
[[gnu::always_inline]] inline std::string cat(const Args&... args) {
  return cat_all({Printable(args)...});
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
