#include "cornu/data/dataset/shuffle.h"

#include <cstring>
#include <limits>
#include <vector>

#include "cornu/core/error.h"
#include "cornu/core/random.h"

namespace cornu::data {
namespace {

// Row i of the result is row order[i]. Follows each cycle of the permutation, so one row of extra memory is enough.
void permute_rows(Tensor& tensor, const std::vector<std::uint32_t>& order) {
  const std::size_t row = order.empty() ? 0 : tensor.bytes() / order.size();
  if (row == 0) return;
  char* data = static_cast<char*>(tensor.mutable_raw());
  std::vector<char> kept(row);
  std::vector<bool> done(order.size(), false);
  for (std::size_t start = 0; start < order.size(); ++start) {
    if (done[start] || order[start] == start) continue;
    std::memcpy(kept.data(), data + start * row, row);
    std::size_t to = start;
    for (std::size_t from = order[to]; from != start; to = from, from = order[to]) {
      std::memcpy(data + to * row, data + from * row, row);
      done[to] = true;
    }
    std::memcpy(data + to * row, kept.data(), row);
    done[to] = true;
  }
}

class Shuffled final : public DatasetBase {
 public:
  Shuffled(Dataset source, std::vector<std::uint32_t> order) : source_(std::move(source)), order_(std::move(order)) {}
  std::int64_t size() const override { return source_.size(); }
  Sample at(std::int64_t i) const override { return source_.at(order_[static_cast<std::size_t>(i)]); }
  Arrays arrays() const override { return permute(source_.arrays()); }
  Arrays release() override { return permute(std::move(source_).arrays()); }

 private:
  Arrays permute(Arrays all) const {
    permute_rows(all.x, order_);
    if (all.has_y()) permute_rows(all.y, order_);
    return all;
  }

  Dataset source_;
  std::vector<std::uint32_t> order_;
};

}  // namespace

Dataset shuffle(Dataset dataset, ShuffleOptions options) {
  if (dataset.size() > std::int64_t{std::numeric_limits<std::uint32_t>::max()})
    throw ValueError(cat("[shuffle] received: ", dataset.size(), " samples\n  expected: fewer than 2^32"));
  std::vector<std::uint32_t> order(static_cast<std::size_t>(dataset.size()));
  random_permutation(options.seed ? *options.seed : next_global_seed(), order);
  return Shuffled(std::move(dataset), std::move(order));
}

}  // namespace cornu::data
