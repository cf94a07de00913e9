// JSON as Keras's files hold it: order of keys kept, written byte for byte as Python's json.dumps writes it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace cornu {

using Json = nlohmann::ordered_json;

// Parses text as Python's json.loads does (NaN, Infinity and -Infinity are numbers).
// Throws ValueError with the position; refuses nesting deeper than 512 levels. `what` names the text in messages.
Json parse_json(std::string_view text, std::string_view what = "JSON");

// Python's json.dumps(value): ", " and ": ", non-ASCII as \uXXXX, floats by shortest repr.
std::string dump_json(const Json& value);
// Python's json.dumps(value, indent=n).
std::string dump_json(const Json& value, int indent);

}  // namespace cornu
