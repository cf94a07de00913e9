// All builders of applications by name, with arguments as JSON: what the tests say about architectures in files.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "cornu/core/json.h"
#include "cornu/trainers/model.h"

namespace cornu::tests {

// {"include_top": false, "input_shape": [64, 64, 3], "classifier_activation": null}. Throws ValueError for an argument
// that the builder does not have.
using Build = std::function<Model(const Json& arguments)>;
const std::map<std::string, Build>& builders();

}  // namespace cornu::tests
