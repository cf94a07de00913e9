// DTypePolicy: in which dtype a layer keeps its variables and in which it computes. Keras's name says both: "float32",
// or "mixed_bfloat16", which is variables in float32 and computation in bfloat16.
#pragma once

#include <string>

#include "cornu/core/dtype.h"

namespace cornu {

struct DTypePolicy {
  DType compute_dtype = float32;
  DType variable_dtype = float32;

  // `what` begins the message. Throws ValueError for a name that is no policy, NotSupportedError for those of
  // quantized layers.
  static DTypePolicy from_name(const std::string& name, const std::string& what = "dtype policy");
  std::string name() const;
  bool is_mixed() const { return compute_dtype != variable_dtype; }
  bool operator==(const DTypePolicy&) const = default;
};

// The policy of layers that are made from now on without a dtype of their own; of the whole process.
namespace config {
void set_dtype_policy(const std::string& name);
DTypePolicy dtype_policy();
}  // namespace config

// Keras's older words for the same.
namespace mixed_precision {
using config::dtype_policy;
using config::set_dtype_policy;
inline void set_global_policy(const std::string& name) { set_dtype_policy(name); }
inline DTypePolicy global_policy() { return dtype_policy(); }
}  // namespace mixed_precision

}  // namespace cornu
