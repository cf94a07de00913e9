// EdgeList: what Keras writes as `padding=1`, `padding=(1, 2)` or `padding=((1, 2), (3, 4))`: how much there is before
// and after each axis.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <utility>
#include <vector>

#include "cornu/core/error.h"

namespace cornu {

struct Edge {
  Edge(std::int64_t both) : before(both), after(both) {}
  Edge(std::int64_t b, std::int64_t a) : before(b), after(a) {}
  std::int64_t before, after;
};

class EdgeList {
 public:
  EdgeList(std::int64_t all) : edges_{Edge(all)}, one_(true) {}
  EdgeList(std::initializer_list<Edge> edges) : edges_(edges) {}
  explicit EdgeList(std::vector<Edge> edges) : edges_(std::move(edges)) {}

  const std::vector<Edge>& edges() const { return edges_; }
  // An edge for each of `axes`. For one axis two numbers are its two ends. Throws ValueError that begins with `what`.
  std::vector<Edge> for_axes(int axes, std::string_view what, std::string_view argument) const {
    std::vector<Edge> out = edges_;
    if (one_) out.assign(static_cast<std::size_t>(axes), edges_[0]);
    if (axes == 1 && out.size() == 2 && out[0].before == out[0].after && out[1].before == out[1].after)
      out = {Edge(out[0].before, out[1].before)};
    bool fits = static_cast<int>(out.size()) == axes;
    for (const Edge& e : out) fits = fits && e.before >= 0 && e.after >= 0;
    if (!fits)
      throw ValueError(cat("[", what, "] received: ", argument, " for ", out.size(), " axes or below 0",
                           "\n  expected: one number, or one number or a pair for each of ", axes,
                           axes == 1 ? " axis" : " axes", ", each at least 0"));
    return out;
  }

 private:
  std::vector<Edge> edges_;
  bool one_ = false;
};

}  // namespace cornu
