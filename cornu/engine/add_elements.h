// Element by element, in the arithmetic of the dtype: the sum that a network library does not know for every dtype.
#pragma once

#include <cstddef>
#include <type_traits>

#include "cornu/core/dtype.h"

namespace cornu {

// to[i] += from[i]; both hold `count` elements of this dtype, which is not bool.
inline void add_elements(void* to, const void* from, std::size_t count, DType dtype) {
  dispatch(dtype, [&](auto zero) {
    using T = decltype(zero);
    if constexpr (!std::is_same_v<T, bool>)
      for (std::size_t i = 0; i < count; ++i)
        static_cast<T*>(to)[i] = static_cast<T>(static_cast<T*>(to)[i] + static_cast<const T*>(from)[i]);
  });
}

}  // namespace cornu
