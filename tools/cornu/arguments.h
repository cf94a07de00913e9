// The small languages inside of option values: "sgd:learning_rate=0.1", "0=1.0,1=2.5", "accuracy,mse"; and ARRAYs.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cornu/core/json.h"
#include "cornu/core/tensor.h"

namespace cornu::tool {

// NAME[:key=value,...] as Keras's object form; values are JSON where they can be, else text. Throws UsageError.
Json parse_optimizer(const std::string& text);
// 0=1.0,1=2.5. Throws UsageError.
std::map<std::int64_t, double> parse_class_weight(const std::string& text);
// A,B. Throws UsageError for an empty name.
std::vector<std::string> parse_names(const std::string& text, const std::string& option);

// Each as data::load_array. Throws FileError.
std::vector<Tensor> load_arrays(const std::vector<std::string>& specs);
// One number a sample: (n,), or a single column.
Tensor load_sample_weight(const std::string& spec);

// The number of threads of everything that is computed from now on; 0 leaves it as it is.
void use_threads(int threads);
// The engine of everything that is computed from now on; "" leaves it as it is. Throws EngineError when there is none
// of that name.
void use_engine(const std::string& name);

}  // namespace cornu::tool
