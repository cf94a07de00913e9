// The statements of the generated function: a block a group of layers.
#pragma once

#include <set>
#include <string>

#include "cornu/export/c99/c_text.h"
#include "cornu/export/int8/network.h"
#include "cornu/export/int8/plan.h"

namespace cornu::int8_export {

struct Code {
  std::string tables, body;
  std::set<std::string> helpers;  // by name; kernels.cpp has their texts
  std::size_t table_bytes = 0;
};

// The arrays that a block reads and fills.
struct Arrays {
  std::string x, x2, y, scratch;
};

class StepWriter {
 public:
  explicit StepWriter(const Network& network) : network_(network) {}
  void write(const Group& group, const Arrays& arrays);
  const Code& code() const { return code_; }

 private:
  template <class T>
  std::string table(const std::string& stem, const std::vector<T>& values, DType dtype);
  std::string word_table(const std::string& stem, const std::vector<std::int16_t>& values);
  // The table with which sums become int8 (each output's bias, multiplier, shift), and whether the short way is exact
  // for all of them.
  struct Rounding {
    std::string table;
    bool high = false;
  };
  Rounding rounding(const Layer& l, const std::vector<std::int32_t>& biases);
  // The int8 number of output `o`, from its sum with the bias in it.
  std::string answer(const Layer& l, const Rounding& r, const std::string& sum, const std::string& o);
  std::string held(const Layer& l, const std::string& value);

  // products.cpp
  void rows(const Group& g, const Arrays& a);
  void copy_window(c99::Writer& w, const Layer& l, const Arrays& a);
  void times_rows(c99::Writer& w, const Group& g, const Rounding& r, const std::string& weights,
                  const std::string& from);
  // tiles.cpp
  void tiles(const Group& g, const Arrays& a);
  // depthwise.cpp
  void depthwise(const Layer& l, const Arrays& a);
  // wide.cpp
  void wide(const Group& g, const Arrays& a);
  // steps.cpp
  void product(const Group& g, const Arrays& a);
  void pool(const Layer& l, const Arrays& a);
  void addition(const Layer& l, const Arrays& a);
  void softmax(const Layer& l, const Arrays& a);

  const Network& network_;
  Code code_;
  int number_ = 0;
};

// Whether wide() can compute it.
bool suits_wide(const Group& g);
// The bias with the input's zero in it: sum (x - zero) w = sum x w - zero sum w.
std::vector<std::int32_t> folded_biases(const Layer& product, std::int32_t zero);
// Loops over the places of an image; an axis of one place has none. The return value is how many were opened.
int open_places(c99::Writer& w, const Shape& to);
// A loop over a window's axis, and the image's row or column under it, where that may lie outside.
void open_taps(c99::Writer& w, const ir::WindowAxis& axis, std::int64_t length, const char* tap, const char* at,
               const std::string& place);
// "x", "(x - 3)"
std::string minus(const std::string& x, std::int32_t zero);

}  // namespace cornu::int8_export
