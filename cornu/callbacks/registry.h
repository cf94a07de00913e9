// Callbacks by name and configuration: how a command line or a system file asks for them.
//   Callback stop = callbacks::get({{"class_name", "EarlyStopping"}, {"config", {{"patience", 3}}}});
// Not here: LambdaCallback, which holds code, and ProgbarLogger, which holds a stream.
#pragma once

#include "cornu/callbacks/callback.h"
#include "cornu/core/registry.h"

namespace cornu::callbacks {

Registry<Callback>& registry();
// A name, or {"class_name": ..., "config": {...}} with Keras's argument names. Throws ValueError.
Callback get(const Json& spec);

}  // namespace cornu::callbacks
