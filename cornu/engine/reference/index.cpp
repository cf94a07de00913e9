// Slices that indices number: taken, or added to one after the other.
#include <algorithm>
#include <numeric>

#include "cornu/core/error.h"
#include "cornu/engine/reference/fold.h"
#include "cornu/engine/reference/kernels.h"

namespace cornu::reference {
namespace {

// The operand as (before, axis, after), and the indices as integers.
struct Slices {
  Index before = 1, length, after = 1;
  std::vector<Index> indices;

  Slices(const Shape& x, int axis, Input at) : length(x[axis]) {
    for (int i = 0; i < axis; ++i) before *= x[i];
    for (int i = axis + 1; i < x.rank(); ++i) after *= x[i];
    dispatch(at.type.dtype, [&](auto zero) {
      using T = decltype(zero);
      const auto most = static_cast<Wide<T>>(
          std::numeric_limits<std::conditional_t<std::is_same_v<T, std::uint64_t>, Index, Wide<T>>>::max());
      for (Index i = 0; i < at.size(); ++i) indices.push_back(static_cast<Index>(std::min(widen(at.as<T>()[i]), most)));
    });
  }
  Index count() const { return static_cast<Index>(indices.size()); }
};

template <class T>
void gather(const Slices& s, Input x, Output out) {
  for (Index b = 0; b < s.before; ++b)
    for (Index i = 0; i < s.count(); ++i) {
      const Index from = std::clamp<Index>(s.indices[static_cast<std::size_t>(i)], 0, s.length - 1);
      for (Index a = 0; a < s.after; ++a)
        out.as<T>()[(b * s.count() + i) * s.after + a] = x.as<T>()[(b * s.length + from) * s.after + a];
    }
}

template <class T>
void scatter(const Slices& s, Input x, Input updates, Output out) {
  std::copy_n(x.as<T>(), x.size(), out.as<T>());
  for (Index b = 0; b < s.before; ++b)
    for (Index i = 0; i < s.count(); ++i) {
      const Index to = s.indices[static_cast<std::size_t>(i)];
      if (to < 0 || to >= s.length) continue;
      for (Index a = 0; a < s.after; ++a) {
        T& sum = out.as<T>()[(b * s.length + to) * s.after + a];
        sum = narrow<T>(wrapping_add(widen(sum), widen(updates.as<T>()[(b * s.count() + i) * s.after + a])));
      }
    }
}

}  // namespace

void run_index(const ir::Node& node, const Inputs& in, Output out) {
  const Slices slices(in[0].shape(), node.as<ir::AxisAttributes>().axis, in[1]);
  dispatch(in[0].type.dtype, [&](auto zero) {
    using T = decltype(zero);
    if (node.op == ir::Op::kGather) return gather<T>(slices, in[0], out);
    scatter<T>(slices, in[0], in[2], out);
  });
}

}  // namespace cornu::reference
