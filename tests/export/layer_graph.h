// The layers of tests/golden as graphs for exporters.
#pragma once

#include "cornu/export/inference_graph.h"
#include "tests/golden/golden.h"

namespace cornu::export_test {

// The layer of a case, its weights in it as constants, for a batch of this size (-1: the case's own).
exporting::InferenceGraph layer_graph(const golden::Family& family, const Json& golden_case, std::int64_t batch = -1);

// Calls `visit` with each case of the families that hold layers, but for those of training.
void for_each_layer(const std::function<void(const golden::Family&, const Json&)>& visit);

}  // namespace cornu::export_test
