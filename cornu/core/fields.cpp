#include "cornu/core/fields.h"

#include "cornu/core/error.h"

namespace cornu {

void FieldReader::always_none(const char* key) {
  if (config_.has(key))
    throw NotSupportedError(cat(config_.what(), ": key \"", key, "\" is not supported\n  received: ",
                                dump_json(config_.json(key)), "\n  expected: null"));
  config_.ignore(key);
}

void FieldReader::operator()(const char* key, EdgeList& value) {
  config_.ignore(key);
  if (!config_.has(key)) return;
  const Json json = config_.json(key);
  const auto number = [&](const Json& j) {
    if (!j.is_number_integer())
      throw ValueError(cat(config_.what(), ": ", key, "\n  received: ", dump_json(json),
                           "\n  expected: a whole number, or a list of whole numbers or pairs of them"));
    return j.get<std::int64_t>();
  };
  if (!json.is_array()) {
    value = EdgeList(number(json));
    return;
  }
  std::vector<Edge> edges;
  for (const Json& j : json)
    edges.push_back(j.is_array() && j.size() == 2 ? Edge(number(j[0]), number(j[1])) : Edge(number(j)));
  value = EdgeList(std::move(edges));
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
