#include "cornu/engine/cpu/window_table.h"

#include <algorithm>

namespace cornu::cpu {

WindowTable::WindowTable(const ir::Window& window, const ir::Dims& lengths, const ir::Dims& strides) {
  for (std::size_t i = 0; i < window.size(); ++i) {
    Axis axis{window[i].positions(lengths[i]), window[i].size, {}};
    for (std::int64_t place = 0; place < axis.places; ++place)
      for (std::int64_t tap = 0; tap < axis.taps; ++tap) {
        const std::int64_t at = window[i].element(place, tap, lengths[i]);
        axis.offsets.push_back(at < 0 ? -1 : at * strides[i]);
      }
    places_ *= axis.places;
    taps_ *= axis.taps;
    axes_.push_back(std::move(axis));
  }
}

void WindowTable::offsets(std::int64_t place, std::int64_t begin, std::int64_t end, std::int64_t* out) const {
  std::fill(out, out + (end - begin), 0);
  std::int64_t repeats = 1;  // how many taps in a row have one tap of this axis
  for (std::size_t i = axes_.size(); i-- > 0;) {
    const Axis& axis = axes_[i];
    const std::int64_t* row = axis.offsets.data() + place % axis.places * axis.taps;
    place /= axis.places;
    std::int64_t tap = begin / repeats % axis.taps, left = repeats - begin % repeats;
    for (std::int64_t k = 0; k < end - begin; ++k) {
      std::int64_t& offset = out[k];
      offset = offset < 0 || row[tap] < 0 ? -1 : offset + row[tap];
      if (--left == 0) {
        left = repeats;
        if (++tap == axis.taps) tap = 0;
      }
    }
    repeats *= axis.taps;
  }
}

}  // namespace cornu::cpu
