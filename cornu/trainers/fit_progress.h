// Where a fit is: with the weights, the optimizer's variables, the metrics and what callbacks remember, all that going
// on takes.
#pragma once

#include <cstdint>

#include "cornu/callbacks/history.h"
#include "cornu/core/json.h"

namespace cornu {

struct FitProgress {
  std::int64_t epoch = 0;        // that runs, or comes next
  std::int64_t batch = 0;        // its steps that are done
  std::int64_t position = 0;     // the batch of the data with which it began
  std::uint64_t order_seed = 0;  // of the order in which the samples come
  bool stopped = false;          // a callback has ended the training
  History history;
  Logs logs;  // of the last epoch

  Json to_json() const;
  // Throws ValueError for what to_json() did not make.
  static FitProgress from_json(const Json& json);
};

}  // namespace cornu
