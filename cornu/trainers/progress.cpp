#include "cornu/trainers/progress.h"

#include <algorithm>

#include "cornu/callbacks/callbacks.h"

namespace cornu {
namespace {

template <class Arguments>
Arguments added(Arguments arguments) {
  const int verbose = arguments.verbose.value;
  if (verbose < 0 || verbose > 2)
    throw ValueError(cat("verbose received: ", verbose, "\n  expected: \"auto\", 0, 1 or 2"));
  const bool has_one =
      std::any_of(arguments.callbacks.begin(), arguments.callbacks.end(), callbacks::is_progbar_logger);
  if (verbose > 0 && !has_one) arguments.callbacks.insert(arguments.callbacks.begin(), callbacks::ProgbarLogger());
  return arguments;
}

}  // namespace

FitArguments with_progress(FitArguments arguments) { return added(std::move(arguments)); }
EvaluateArguments with_progress(EvaluateArguments arguments) { return added(std::move(arguments)); }
PredictArguments with_progress(PredictArguments arguments) { return added(std::move(arguments)); }

}  // namespace cornu
