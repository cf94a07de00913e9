// Values of the graph as tensors of the ONNX program. Moves of axes are not written when they are met, but when
// somebody needs them: a chain of convolutions of NHWC images becomes one of NCHW images with a Transpose at either
// end, and what is broadcast stays as short as it was, since ONNX's elementwise ops broadcast.
#pragma once

#include <optional>
#include <string>
#include <tuple>

#include "cornu/export/inference_graph.h"
#include "cornu/export/onnx/extents.h"
#include "cornu/export/onnx/program.h"

namespace cornu::onnx {

// How a value is held: a tensor that has some of the value's axes, in an order of its own. Along an axis that it lacks,
// or along which it has length 1, the value repeats.
struct Held {
  std::string name;                // "": a constant that is not written yet
  ir::Axes order;                  // order[j]: which axis of the value axis j of the tensor is
  Extents extents;                 // of the tensor's axes
  std::optional<Tensor> constant;  // its numbers, for a constant
};

class Values {
 public:
  Values(const BatchGraph& in, const std::map<const void*, std::string>& names, Program& program)
      : in_(in), names_(names), program_(program), held_(static_cast<std::size_t>(in.graph.value_count())) {}

  const Held& operator[](ir::ValueId v) const { return *held_[static_cast<std::size_t>(v)]; }
  void hold(ir::ValueId v, Held held) { held_[static_cast<std::size_t>(v)] = std::move(held); }
  // Holds a tensor that has all of the value's axes, in this order.
  void hold(ir::ValueId v, const std::string& name, const ir::Axes& order);
  void hold(ir::ValueId v, const std::string& name) { hold(v, name, natural(v)); }

  const Extents& extents(ir::ValueId v) const { return in_.extents[static_cast<std::size_t>(v)]; }
  ir::Axes natural(ir::ValueId v) const;
  // All axes of the value: those that the tensor has in its order, the others where they would naturally stand.
  ir::Axes layout(ir::ValueId v) const;

  // A tensor with the axes `order` of the value (all that the held tensor has, and maybe more). Repeated axes have
  // length 1; leading ones may lack: for ONNX's broadcasting.
  std::string broadcastable(ir::ValueId v, const ir::Axes& order);
  // A constant that varies along one axis, as a vector.
  std::string vector(ir::ValueId v);
  // The value with all of its elements, its axes in this order.
  std::string full(ir::ValueId v, const ir::Axes& order);
  std::string full(ir::ValueId v) { return full(v, natural(v)); }
  // The held tensor as it is.
  std::string tensor(const Held& held) { return transposed(held, held.order); }
  // A list of lengths as a tensor, for Expand and Range.
  std::string lengths(const Extents& extents);
  // What is computed in place of the value's dtype: halves are float32 inside of the program.
  static DType carrier(DType dtype) { return dtype == float16 || dtype == bfloat16 ? float32 : dtype; }

 private:
  const Tensor& rearranged(const Tensor& constant, const std::vector<int>& permutation);
  std::string written(const Tensor& constant, const Tensor& value);
  std::string transposed(const Held& held, const ir::Axes& order);
  std::string with_ones(const std::string& name, const ir::Axes& have, const ir::Axes& want, bool leading);
  std::string batch();

  const BatchGraph& in_;
  const std::map<const void*, std::string>& names_;
  Program& program_;
  std::vector<std::optional<Held>> held_;
  std::map<std::tuple<const void*, ir::Dims, std::vector<int>>, Tensor> rearranged_;
  std::map<std::pair<std::string, std::vector<int>>, std::string> done_;  // transposes that are written
  std::string batch_;
};

// Where `axis` stands in the list; -1: nowhere.
int position(const ir::Axes& axes, int axis);

}  // namespace cornu::onnx
