// What an object means beyond Keras's words, because it comes from a generation that computed differently: the key
// "cornu" beside "class_name" and "config", where every Keras looks past it. Classes that know such a meaning read it
// as a key of their configuration, and it moves out again when they are written.
#pragma once

#include "cornu/core/error.h"
#include "cornu/core/json.h"
#include "cornu/core/text.h"

namespace cornu {

inline constexpr const char* kBeside = "cornu";

// {"class_name", "config", "cornu": {...}} with the last inside of "config"; others unchanged.
inline Json with_beside_inside(const Json& object) {
  if (!object.is_object() || !object.contains(kBeside)) return object;
  Json result = object;
  result["config"][kBeside] = object[kBeside];
  return result;
}

// The other way round.
inline Json with_beside_outside(Json object) {
  if (!object.contains("config") || !object["config"].is_object() || !object["config"].contains(kBeside)) return object;
  object[kBeside] = object["config"][kBeside];
  object["config"].erase(kBeside);
  return object;
}

// One meaning, or `otherwise`. Throws ValueError for a value of another type.
template <class T>
T beside(const Json& meanings, const char* key, T otherwise) {
  if (!meanings.is_object() || !meanings.contains(key)) return otherwise;
  try {
    return meanings[key].get<T>();
  } catch (const Json::exception&) {
    throw ValueError(cat("\"cornu\" received: ", dump_json(meanings), "\n  expected: another type of value for \"", key,
                         "\"\n  way out: leave the key \"cornu\" away, and the object means what Keras 3 means"));
  }
}

// Throws ValueError for a meaning that the class does not have: a later Cornu may have written it.
inline void check_beside(const Json& meanings, const std::vector<std::string>& known, const std::string& what) {
  if (meanings.is_null()) return;
  for (const auto& [key, value] : meanings.items())
    if (std::find(known.begin(), known.end(), key) == known.end())
      throw ValueError(cat(what, ": \"cornu\" received: \"", key,
                           "\"\n  expected: ", known.empty() ? std::string("nothing") : join(known, ", "),
                           "\n  way out: a newer Cornu, or leave the key away"));
}

}  // namespace cornu
