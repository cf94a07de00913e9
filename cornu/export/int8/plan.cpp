#include "cornu/export/int8/plan.h"

#include <algorithm>

#include "cornu/core/error.h"
#include "cornu/export/c99/memory.h"

namespace cornu::int8_export {
namespace {

// The most weights, and the most numbers of a tile, which is on the stack.
constexpr std::int64_t kTileWeights = 4096, kTileSize = 256;

// Windows side by side, all of them on the image.
bool pools_whole(const ir::WindowAxis& axis, std::int64_t length) {
  return axis.size == axis.stride && axis.dilation == 1 && !has_edges(axis, length);
}

bool pools_into(const Layer& product, const Layer& pool) {
  if (!pools_whole(pool.rows, pool.from[0]) || !pools_whole(pool.columns, pool.from[1])) return false;
  if (form_of(product) != Form::kTiles) return true;
  return pool.columns.size == 2 && product.rows.dilation == 1 && tile_of(product, &pool).size <= kTileSize;
}

bool elementwise(Kind kind) { return kind == Kind::kSoftmax || kind == Kind::kTable || kind == Kind::kAdd; }

std::vector<int> last_uses(const Network& network, const std::vector<Group>& groups) {
  std::vector<int> out(network.layers.size() + 1, -1);
  for (std::size_t i = 0; i < groups.size(); ++i)
    for (const int t : groups[i].layer->inputs) out[static_cast<std::size_t>(t)] = static_cast<int>(i);
  return out;
}

// Which tensor's array each tensor takes over: its own, or one that it replaces number by number.
std::vector<int> owners(const Network& network, const std::vector<Group>& groups) {
  const std::vector<int> last = last_uses(network, groups);
  std::vector<int> out;
  for (std::size_t t = 0; t <= network.layers.size(); ++t) out.push_back(static_cast<int>(t));
  for (std::size_t i = 0; i < groups.size(); ++i)
    for (const int t : groups[i].layer->inputs)
      if (elementwise(groups[i].layer->kind) && t > 0 && last[static_cast<std::size_t>(t)] == static_cast<int>(i)) {
        out[static_cast<std::size_t>(groups[i].result)] = out[static_cast<std::size_t>(t)];
        break;
      }
  return out;
}

}  // namespace

bool has_edges(const ir::WindowAxis& a, std::int64_t length) {
  return a.low > 0 || (a.positions(length) - 1) * a.stride + a.extent() - 1 - a.low >= length;
}
bool has_edges(const Layer& l) { return has_edges(l.rows, l.from[0]) || has_edges(l.columns, l.from[1]); }

Tile tile_of(const Layer& l, const Layer* pool) {
  Tile out;
  out.run = l.columns.size * l.from[2];
  out.filled = (out.run + 3) / 4 * 4;
  out.rows = l.rows.size + (pool ? (pool->rows.size - 1) * l.rows.stride : 0);
  out.whole_rows = l.columns.dilation == 1 && !has_edges(l);
  out.paired = out.whole_rows && out.run % 4 == 0;
  const std::int64_t step = l.columns.stride * l.from[2];
  out.shared = out.paired && step % 4 == 0 && step <= out.run;
  out.pitch = out.shared ? out.run + step : out.filled;
  out.place = out.shared ? step : out.rows * out.filled;
  out.size = out.rows * out.pitch * (out.shared ? 1 : 2);
  return out;
}

Form form_of(const Layer& l) {
  if (l.rows.size * l.columns.size == 1 && !has_edges(l)) return Form::kRows;
  const bool few = static_cast<std::int64_t>(l.weights.size()) <= kTileWeights && l.to[1] > 1;
  return few && tile_of(l, nullptr).size <= kTileSize ? Form::kTiles : Form::kPatch;
}

std::vector<Group> groups(const Network& network) {
  std::vector<int> readers(network.layers.size() + 1, 0);
  for (const Layer& l : network.layers)
    for (const int t : l.inputs) ++readers[static_cast<std::size_t>(t)];
  std::vector<Group> out;
  std::vector<bool> taken(network.layers.size(), false);
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    if (taken[i]) continue;
    const Layer& l = network.layers[i];
    out.push_back({&l, nullptr, static_cast<int>(i) + 1});
    if (l.kind != Kind::kProduct || readers[i + 1] != 1) continue;
    for (std::size_t k = i + 1; k < network.layers.size(); ++k) {
      const Layer& pool = network.layers[k];
      if (pool.kind != Kind::kMaxPool || pool.inputs[0] != static_cast<int>(i) + 1 || !pools_into(l, pool)) continue;
      out.back() = {&l, &pool, static_cast<int>(k) + 1};
      taken[k] = true;
    }
  }
  return out;
}

Storage storage(const Network& network, const std::vector<Group>& groups) {
  const std::vector<int> owner = owners(network, groups), last = last_uses(network, groups);
  const int answer = owner[network.layers.size()];
  Storage out;
  out.tensors.assign(network.layers.size() + 1, "");
  out.scratch.assign(groups.size(), "");
  std::vector<c99::Buffer> buffers;
  std::vector<std::string*> named;
  std::vector<int> at(out.tensors.size(), -1);  // the owner's buffer
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const auto result = static_cast<std::size_t>(groups[i].result), o = static_cast<std::size_t>(owner[result]);
    const int end = std::max(last[result], static_cast<int>(i));
    if (owner[result] != answer && at[o] < 0) {
      at[o] = static_cast<int>(buffers.size());
      buffers.push_back({network.size(groups[i].result), static_cast<int>(i), end});
      named.push_back(&out.tensors[o]);
      out.lines.push_back({cat(groups[i].name(), " int8", to_string(groups[i].to())),
                           static_cast<std::size_t>(network.size(groups[i].result))});
    } else if (at[o] >= 0) {
      auto& life = buffers[static_cast<std::size_t>(at[o])];
      life.last = std::max(life.last, end);
    }
    const Layer& l = *groups[i].layer;
    if (l.kind != Kind::kProduct || form_of(l) != Form::kPatch) continue;
    const std::int64_t window = l.rows.size * l.columns.size * l.from[2];
    buffers.push_back({window, static_cast<int>(i), static_cast<int>(i)});
    named.push_back(&out.scratch[i]);
    out.lines.push_back({cat(l.name, " under the window"), static_cast<std::size_t>(window)});
  }
  out.arena = c99::place_buffers(buffers);
  for (std::size_t i = 0; i < buffers.size(); ++i)
    *named[i] = buffers[i].offset == 0 ? "arena" : cat("(arena + ", buffers[i].offset, ")");
  out.tensors[0] = "x0";
  for (const Group& g : groups) {
    const auto o = static_cast<std::size_t>(owner[static_cast<std::size_t>(g.result)]);
    out.tensors[static_cast<std::size_t>(g.result)] = static_cast<int>(o) == answer ? "y0" : out.tensors[o];
  }
  return out;
}

}  // namespace cornu::int8_export
