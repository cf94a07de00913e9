// What has no ONNX, a line each; empty: everything has.
#pragma once

#include "cornu/export/onnx/extents.h"

namespace cornu::onnx {

// Of the ops as such.
std::vector<std::string> refusals(const ir::Graph& graph);
// Of what they do to axes whose length is known only when the model runs.
std::vector<std::string> refusals(const BatchGraph& in);

}  // namespace cornu::onnx
