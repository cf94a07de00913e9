// One case, many uses. A case says how to build a graph, what to feed it and how exact the result must be; the runner
// then tests it against the numbers written here, against every engine and pass, and its gradient against differences.
//
// To add one, append a few lines to the cases_*.cpp of its family:
//   cases.push_back({.label = "softmax over rows", .inputs = {real({33, 10}, -4, 4)},
//                    .build = [](const Args& x) { return ops::softmax(x[0]); }, .dtypes = kFloats, .tolerance = {.ulps
//                    = 4}});
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cornu/core/tensor.h"
#include "cornu/ir/value.h"

namespace cornu::op_cases {

// What fills a parameter. Without a dtype of its own it has the case's.
struct Input {
  Shape shape;
  double low = -1, high = 1;
  std::vector<double> values;  // given: these, in row-major order
  std::optional<DType> dtype;

  Input as(DType d) const {
    Input copy = *this;
    copy.dtype = d;
    return copy;
  }
};

// Random numbers in [low, high]; whole ones for integers, of which the unsigned start at 0; coins for bools.
Input real(Shape shape, double low = -1, double high = 1);
Input bools(Shape shape);
Input numbers(std::vector<double> values);
Input numbers(std::vector<double> values, Shape shape);

// How far a result may be from the reference engine's: ulps units in the last place of max(|expected|, scale). Zero
// ulps: equal to the bit. `scale` is for sums, whose error goes with the size of what was added and not of the result.
struct Tolerance {
  double ulps = 0;
  double scale = 0;
};

struct Args {
  Builder& builder;
  DType dtype;
  std::vector<Value> values;
  Value operator[](std::size_t i) const { return values[i]; }
};

struct OpCase {
  std::string label;
  std::vector<Input> inputs = {};
  std::function<Value(const Args&)> build;
  std::vector<DType> dtypes = {float32};
  Tolerance tolerance = {};
  std::vector<double> expected = {};  // given: the result in row-major order
  std::string no_gradient = {};       // why its gradient is not compared with differences
};

inline const std::vector<DType> kFloats = {float16, bfloat16, float32, float64};
inline const std::vector<DType> kSignedIntegers = {int8, int16, int32, int64};
inline const std::vector<DType> kIntegers = {int8, int16, int32, int64, uint8, uint16, uint32, uint64};
inline const std::vector<DType> kSigned = {int8, int16, int32, int64, float16, bfloat16, float32, float64};
inline const std::vector<DType> kNumbers = {int8,   int16,  int32,   int64,    uint8,   uint16,
                                            uint32, uint64, float16, bfloat16, float32, float64};
inline const std::vector<DType> kBits = {bool_, int8, int16, int32, int64, uint8, uint16, uint32, uint64};
inline const std::vector<DType> kAll = {bool_,  int8,   int16,   int32,    int64,   uint8,  uint16,
                                        uint32, uint64, float16, bfloat16, float32, float64};
// Ranks 0 to 5, sizes 0 and 1, a batch of 33: where kernels that count in vectors of 4, 8 or 16 go wrong.
inline const std::vector<Shape> kShapes = {Shape{},        Shape{1},          Shape{33},
                                           Shape{3, 0},    Shape{33, 17},     Shape{5, 1},
                                           Shape{2, 3, 4}, Shape{1, 4, 1, 2}, Shape{2, 1, 3, 1, 5}};

void elementwise_cases(std::vector<OpCase>& cases);
void binary_cases(std::vector<OpCase>& cases);
void convert_cases(std::vector<OpCase>& cases);
void shape_cases(std::vector<OpCase>& cases);
void reduce_cases(std::vector<OpCase>& cases);
void dot_cases(std::vector<OpCase>& cases);
void index_cases(std::vector<OpCase>& cases);
void window_cases(std::vector<OpCase>& cases);
void collective_cases(std::vector<OpCase>& cases);
void source_cases(std::vector<OpCase>& cases);
void fusion_cases(std::vector<OpCase>& cases);
void composite_cases(std::vector<OpCase>& cases);
void edge_cases(std::vector<OpCase>& cases);
const std::vector<OpCase>& all_cases();

// A case for one dtype: its graph, ready to run, and the tensors to run it on.
struct Built {
  ir::Graph graph;
  std::vector<Tensor> inputs;
};
Built build(const OpCase& op_case, DType dtype);
// The graph of sum(result * weights) and of its gradients with respect to the float inputs; empty when there are none.
std::optional<Built> build_gradient(const OpCase& op_case, DType dtype);

// "" when `actual` is close enough, else where it is farthest and by how much.
std::string difference(const Tensor& expected, const Tensor& actual, Tolerance tolerance);
// The largest error in ulps, as Tolerance counts them.
double worst_ulps(const Tensor& expected, const Tensor& actual, double scale);

}  // namespace cornu::op_cases
