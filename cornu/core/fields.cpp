#include "cornu/core/fields.h"

#include "cornu/core/error.h"

namespace cornu {

void FieldReader::always_none(const char* key) {
  if (config_.has(key))
    throw NotSupportedError(cat(config_.what(), ": key \"", key, "\" is not supported\n  received: ",
                                dump_json(config_.json(key)), "\n  expected: null"));
  config_.ignore(key);
}

void FieldReader::dtype() {
  Json value = config_.json("dtype");
  if (value.is_object() && value.contains("config") && value["config"].is_object() && value["config"].contains("name"))
    value = Json(value["config"]["name"]);
  // The 16-bit policies keep their variables, losses and metrics in float32.
  if (value.is_null() || value == "float32" || value == "mixed_float16" || value == "mixed_bfloat16") return;
  throw NotSupportedError(cat(config_.what(), ": key \"dtype\"\n  received: ", dump_json(value),
                              "\n  expected: \"float32\", in which losses and metrics are computed"));
}

}  // namespace cornu
