// Adds the progress bar that Keras shows by itself.
#pragma once

#include "cornu/trainers/arguments.h"

namespace cornu {

// The arguments with a ProgbarLogger in front of the user's callbacks, unless verbose is 0.
FitArguments with_progress(FitArguments arguments);
EvaluateArguments with_progress(EvaluateArguments arguments);
PredictArguments with_progress(PredictArguments arguments);

}  // namespace cornu
