// cornu export --target onnx.
#pragma once

#include <string>

#include "cornu/trainers/model.h"

namespace cornu::tool {

// Writes the model as one ONNX file. Throws UsageError unless the file's name ends in .onnx, NotSupportedError that
// lists what of the model has no ONNX.
void export_onnx(const Model& model, const std::string& name, const std::string& path);

}  // namespace cornu::tool
