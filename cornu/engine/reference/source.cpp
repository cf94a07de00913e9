// Values out of nothing: constants, counters, random numbers.
#include <cstring>

#include "cornu/core/error.h"
#include "cornu/core/random.h"
#include "cornu/engine/reference/kernels.h"

namespace cornu::reference {
namespace {

void iota(int axis, Output out) {
  const std::vector<Index> strides = row_major_strides(out.shape());
  const Index stride = strides[static_cast<std::size_t>(axis)];
  dispatch(out.type.dtype, [&](auto zero) {
    using T = decltype(zero);
    for (Index i = 0; i < out.size(); ++i) {
      const Index index = i / stride % out.shape()[axis];
      if constexpr (std::is_integral_v<T>)
        out.as<T>()[i] = static_cast<T>(index);
      else
        out.as<T>()[i] = static_cast<T>(static_cast<float>(index));
    }
  });
}

}  // namespace

void run_source(const ir::Node& node, const Inputs& in, Output out) {
  switch (node.op) {
    case ir::Op::kConstant: {
      const Tensor& value = node.as<ir::ConstantAttributes>().value;
      if (value.bytes()) std::memcpy(out.data, value.raw(), value.bytes());
      return;
    }
    case ir::Op::kIota: return iota(node.as<ir::IotaAttributes>().axis, out);
    case ir::Op::kRandomUniform: {
      const auto* state = in[0].as<std::uint32_t>();
      for (Index i = 0; i < out.size(); ++i)
        out.as<float>()[i] = uniform_at(state[0], state[1], static_cast<std::uint64_t>(i));
      return;
    }
    default: throw InternalError(cat(name_of(node.op), " is no source"));
  }
}

}  // namespace cornu::reference
