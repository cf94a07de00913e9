// Quantized layers of Keras 3: their kernels become float32 again, and what else they compute otherwise (int8 rounds
// its inputs) is marked beside their configuration. LoRA: the file's kernels hold it already.
#pragma once

#include "cornu/saving/upgrade_steps.h"

namespace cornu::saving {

// The mode of a layer's dtype policy ("int8", "int4", "int4/128", "float8", ...); "" when it is not quantized.
std::string quantization_of(const Json& config);
// What Keras stores in such a Dense, in the order of its variables.
std::string quantized_variables(const std::string& mode, bool has_block);

// Throws NotSupportedError that lists all layers which cannot be read so. `trainable` is set to why training on would
// mean something else; "" otherwise.
void dequantize(Json& architecture, std::vector<LayerWeights>& weights, Notes& notes, std::string& not_trainable);

}  // namespace cornu::saving
