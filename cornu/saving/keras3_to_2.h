// A model in Keras 3's words as Keras 2 (tf-keras) has it.
#pragma once

#include "cornu/saving/upgrade_steps.h"

namespace cornu::saving {

struct Keras2File {
  Json model_config;
  std::optional<Json> training_config;
  std::vector<LayerWeights> weights;   // with TensorFlow's ":0"
  std::vector<NamedTensor> optimizer;  // iteration, slots
};

// `shown` names the target in messages. Throws NotSupportedError that lists all that Keras 2 does not have.
Keras2File keras3_to_2(const ModelFile& file, const std::string& shown);

}  // namespace cornu::saving
