// What is written together, and where its numbers lie.
#pragma once

#include <string>
#include <vector>

#include "cornu/export/c99/c99.h"
#include "cornu/export/int8/network.h"

namespace cornu::int8_export {

// How a product (Dense, convolution) is computed.
enum class Form {
  kRows,   // the image's own bytes times rows of weights: dense layers, convolutions of one tap
  kPatch,  // the same after a copy of what lies under the window
  kTiles,  // few weights, used at many places: as 16 bits, two places and two outputs at a time
};
Form form_of(const Layer& product);

// What lies under two windows beside each other, as 16 bits, for convolutions of few weights. A window row is filled up
// with zeros to fours.
struct Tile {
  std::int64_t run = 0, filled = 0;  // of one window row
  std::int64_t rows = 0;             // of the image, under the windows of all rows of a pool
  bool whole_rows = false;           // a window row is one piece of memory
  bool paired = false;               // in the order 0, 2, 1, 3
  bool shared = false;               // both windows in one piece, else the second one's rows stand behind the first's
  std::int64_t pitch = 0;            // from row to row
  std::int64_t place = 0;            // from window to window
  std::int64_t size = 0;
};
Tile tile_of(const Layer& convolution, const Layer* pool);

// One block of the generated function. Rounding is monotone, so the largest sum rounds to the largest number: a max
// pooling is a part of the product before it, whose full result then never exists.
struct Group {
  const Layer* layer = nullptr;
  const Layer* pool = nullptr;
  int result = 0;  // a tensor of the network
  const Shape& to() const { return pool ? pool->to : layer->to; }
  std::string name() const { return pool ? layer->name + ", " + pool->name : layer->name; }
};
std::vector<Group> groups(const Network& network);

// Each tensor's array: x0, y0, or a place in the arena; what never exists has none.
struct Storage {
  std::vector<std::string> tensors, scratch;  // by tensor; by group
  std::int64_t arena = 0;
  std::vector<c99::Budget::Line> lines;
};
Storage storage(const Network& network, const std::vector<Group>& groups);

// Whether a window along an axis of `length` hangs over its ends.
bool has_edges(const ir::WindowAxis& axis, std::int64_t length);
bool has_edges(const Layer& l);

}  // namespace cornu::int8_export
