// WindowAxis: how a window slides along one axis. Convolutions and poolings have one for each axis that they go along.
#pragma once

#include <cstdint>
#include <vector>

namespace cornu::ir {

// `size` elements, `dilation` apart, moved on by `stride`. The axis that it goes along is the operand's with
// `base_dilation - 1` holes between its elements, then with `low` and `high` more at its ends (fewer, when negative).
// Holes and padding are zeros to a convolution and are left out of a reduction.
struct WindowAxis {
  std::int64_t size = 1, stride = 1, low = 0, high = 0, dilation = 1, base_dilation = 1;
  bool reversed = false;  // the window's last element meets the first one of the axis

  bool operator==(const WindowAxis&) const = default;
  // From the first to the last element of the window, both included.
  std::int64_t extent() const { return (size - 1) * dilation + 1; }
  // How many elements `length` ones are with the holes between them.
  std::int64_t dilated(std::int64_t length) const { return length == 0 ? 0 : (length - 1) * base_dilation + 1; }
  // How many places the window has along an axis of `length` elements.
  std::int64_t positions(std::int64_t length) const {
    const std::int64_t room = low + dilated(length) + high - extent();
    return room < 0 ? 0 : room / stride + 1;
  }
  // Which element of the axis lies under element `tap` of the window at place `position`; -1 where there is none.
  std::int64_t element(std::int64_t position, std::int64_t tap, std::int64_t length) const {
    const std::int64_t at = position * stride + (reversed ? size - 1 - tap : tap) * dilation - low;
    if (at < 0 || at % base_dilation != 0 || at / base_dilation >= length) return -1;
    return at / base_dilation;
  }
  // Nothing slides: the axis goes through as it is.
  bool trivial() const { return *this == WindowAxis{}; }
};

// The window with which a gradient goes back: from the places that `forward` has along an axis of `length` elements to
// those elements.
inline WindowAxis transposed(const WindowAxis& forward, std::int64_t length) {
  WindowAxis out = forward;
  out.stride = forward.base_dilation;
  out.base_dilation = forward.stride;
  out.reversed = forward.size > 1 && !forward.reversed;
  out.low = forward.extent() - 1 - forward.low;
  out.high = forward.dilated(length) + forward.extent() - 1 - out.dilated(forward.positions(length)) - out.low;
  return out;
}

using Window = std::vector<WindowAxis>;

}  // namespace cornu::ir
