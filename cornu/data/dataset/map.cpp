#include "cornu/data/dataset/map.h"

namespace cornu::data {

Step map(std::function<Sample(Sample)> function) {
  return Step("map", [function = std::move(function)](const Arrays& arrays) {
    if (arrays.size() == 0) return arrays;
    ArraysBuilder builder(arrays.size());
    for (std::int64_t i = 0; i < arrays.size(); ++i) builder.add(function(arrays.at(i)));
    return builder.finish();
  });
}

}  // namespace cornu::data
