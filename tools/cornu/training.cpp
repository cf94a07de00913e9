#include "tools/cornu/training.h"

#include "cornu/callbacks/registry.h"
#include "tools/cornu/output.h"

namespace cornu::tool {

std::vector<Callback> callbacks_from(const Json& list, const std::string& where) {
  if (!list.is_array())
    throw ValueError(cat(where, ": callbacks\n  received: ", dump_json(list).substr(0, 80),
                         "\n  expected: a list of {\"class_name\": ..., \"config\": {...}}"));
  std::vector<Callback> out;
  for (const Json& item : list) out.push_back(callbacks::get(item));
  return out;
}

void train(const Model& model, DataArrays data, std::optional<DataArrays> validation, FitArguments arguments,
           const std::string& history) {
  if (arguments.verbose.value > 0) arguments.callbacks.insert(arguments.callbacks.begin(), progress());
  const History result = model.trainer().fit(std::move(data), std::move(validation), arguments);
  if (!history.empty()) write_text(history, dump_json(result.to_json()) + "\n");
}

}  // namespace cornu::tool
