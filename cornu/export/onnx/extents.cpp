#include "cornu/export/onnx/extents.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "cornu/core/error.h"

namespace cornu::onnx {
namespace {

using ir::Node;
using ir::Op;

std::optional<Extent> extent(std::int64_t small, std::int64_t large) {
  if (small == large) return Extent{small, false};
  if (small * kLargeBatch == large * kSmallBatch) return Extent{small / kSmallBatch, true};
  return std::nullopt;
}

bool same_bytes(const Tensor& a, const Tensor& b) {
  return a.dtype() == b.dtype() && a.shape() == b.shape() &&
         (a.raw() == b.raw() || std::memcmp(a.raw(), b.raw(), a.bytes()) == 0);
}

// Whether a slice takes the same elements at every size of the batch: on an axis that grows, all of it or a fixed part.
bool same_slice(const ir::SliceAttributes& a, const ir::SliceAttributes& b, const Shape& small, const Shape& large) {
  if (a.start != b.start || a.stride != b.stride) return false;
  for (std::size_t i = 0; i < a.limit.size(); ++i) {
    const int axis = static_cast<int>(i);
    const bool to_the_end = a.limit[i] == small[axis] && b.limit[i] == large[axis];
    if (a.limit[i] != b.limit[i] && !to_the_end) return false;
  }
  return true;
}

// Whether both do the same, up to lengths that grow.
bool same_attributes(const Node& a, const Node& b, const ir::Graph& small, const ir::Graph& large) {
  if (a.attributes.index() != b.attributes.index()) return false;
  switch (a.op) {
    case Op::kConstant: return same_bytes(a.as<ir::ConstantAttributes>().value, b.as<ir::ConstantAttributes>().value);
    case Op::kIota: return a.as<ir::IotaAttributes>().axis == b.as<ir::IotaAttributes>().axis;
    case Op::kCompare: return a.as<ir::CompareAttributes>().direction == b.as<ir::CompareAttributes>().direction;
    case Op::kBroadcastInDim: return a.as<ir::BroadcastAttributes>().dims == b.as<ir::BroadcastAttributes>().dims;
    case Op::kTranspose:
      return a.as<ir::TransposeAttributes>().permutation == b.as<ir::TransposeAttributes>().permutation;
    case Op::kConcatenate:
    case Op::kArgmax:
    case Op::kCumulativeSum:
    case Op::kGather:
    case Op::kScatter: return a.as<ir::AxisAttributes>().axis == b.as<ir::AxisAttributes>().axis;
    case Op::kReverse: return a.as<ir::AxesAttributes>().axes == b.as<ir::AxesAttributes>().axes;
    case Op::kSlice:
      return same_slice(a.as<ir::SliceAttributes>(), b.as<ir::SliceAttributes>(), small.shape(a.operands[0]),
                        large.shape(b.operands[0]));
    case Op::kPad: {
      const auto &p = a.as<ir::PadAttributes>(), &q = b.as<ir::PadAttributes>();
      return p.low == q.low && p.high == q.high && p.interior == q.interior;
    }
    case Op::kReduce:
      return a.as<ir::ReduceAttributes>().kind == b.as<ir::ReduceAttributes>().kind &&
             a.as<ir::ReduceAttributes>().axes == b.as<ir::ReduceAttributes>().axes;
    case Op::kDotGeneral: {
      const auto &p = a.as<ir::DotAttributes>(), &q = b.as<ir::DotAttributes>();
      return p.lhs_batch == q.lhs_batch && p.rhs_batch == q.rhs_batch && p.lhs_contract == q.lhs_contract &&
             p.rhs_contract == q.rhs_contract;
    }
    case Op::kConvolution: {
      const auto &p = a.as<ir::ConvolutionAttributes>(), &q = b.as<ir::ConvolutionAttributes>();
      return p.window == q.window && p.image == q.image && p.kernel == q.kernel && p.result == q.result &&
             p.feature_groups == q.feature_groups && p.batch_groups == q.batch_groups;
    }
    case Op::kReduceWindow:
      return a.as<ir::ReduceWindowAttributes>().kind == b.as<ir::ReduceWindowAttributes>().kind &&
             a.as<ir::ReduceWindowAttributes>().window == b.as<ir::ReduceWindowAttributes>().window;
    default: return true;  // no attributes, or an op that is refused by name
  }
}

}  // namespace

BatchGraph batch_graph(const ir::Graph& small, const ir::Graph& large, std::vector<std::string>& refusals) {
  const auto refuse = [&refusals](const std::string& text) {
    if (std::find(refusals.begin(), refusals.end(), text) == refusals.end()) refusals.push_back(text);
  };
  BatchGraph out{small, std::vector<Extents>(static_cast<std::size_t>(small.value_count()))};
  const bool one_program = small.nodes().size() == large.nodes().size() && small.outputs() == large.outputs() &&
                           small.parameters() == large.parameters();
  if (!one_program) refuse("the network is another program for another size of the batch");
  for (std::size_t i = 0; one_program && i < small.nodes().size(); ++i) {
    const Node &a = small.nodes()[i], &b = large.nodes()[i];
    if (a.op != b.op || a.operands != b.operands || a.results != b.results || !same_attributes(a, b, small, large)) {
      refuse(cat(name_of(a.op), ": does something else for another size of the batch"));
      continue;
    }
    for (const ir::ValueId v : a.results) {
      const Shape &s = small.shape(v), &l = large.shape(v);
      if (s.rank() != l.rank() || small.type(v).dtype != large.type(v).dtype) {
        refuse(cat(name_of(a.op), ": is of another type for another size of the batch"));
        continue;
      }
      for (int axis = 0; axis < s.rank(); ++axis) {
        const std::optional<Extent> e = extent(s[axis], l[axis]);
        if (!e)
          refuse(cat(name_of(a.op), ": axis ", axis, " is ", s[axis], " long for a batch of ", kSmallBatch, " and ",
                     l[axis], " for one of ", kLargeBatch, ": no multiple of the batch"));
        out.extents[static_cast<std::size_t>(v)].push_back(e.value_or(Extent{}));
      }
    }
  }
  return out;
}

}  // namespace cornu::onnx
