// How C99 spells what graphs are made of: types, numbers, names.
#pragma once

#include <string>
#include <vector>

#include "cornu/core/tensor.h"

namespace cornu::c99 {

// "float", "int32_t", "uint8_t" for bool. Throws InternalError for the half floats, which C99 does not have.
std::string c_type(DType dtype);
// "f32", "i8", "bool": the ends of helpers' names.
std::string suffix(DType dtype);
// The unsigned type in which sums of integers wrap around as they should; signed overflow is undefined.
std::string wrapping_type(DType dtype);
// The element as a literal of its type that reads back as the same number.
std::string literal(const Tensor& values, std::int64_t at);
std::string literal(double value, DType dtype);
// "dense/kernel" -> "dense_kernel": a C identifier in lower case.
std::string identifier(const std::string& text);
// "static const float dense_kernel[50176] = {...};"
std::string table(const std::string& name, const Tensor& values, const std::string& comment);
// The same as NAME.q, which begins where a 32-bit number may begin.
std::string word_table(const std::string& name, const Tensor& values);
// A text that may stand in a comment.
std::string comment_text(const std::string& text);

// Lines of C with their indentation, and names that no other line has.
class Writer {
 public:
  explicit Writer(int depth = 0) : depth_(depth) {}
  void line(const std::string& text);
  // "for (...) {": what follows stands deeper.
  void open(const std::string& text);
  void close(int blocks = 1);
  std::string fresh(const std::string& stem);
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  int depth_;
  int next_ = 0;
};

}  // namespace cornu::c99
