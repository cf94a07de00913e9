#include "tools/cornu/system_data.h"

#include <algorithm>

#include "cornu/core/error.h"
#include "cornu/data/dataset/cast.h"
#include "cornu/data/dataset/one_hot.h"
#include "cornu/data/dataset/reshape.h"
#include "cornu/data/dataset/scale.h"
#include "cornu/data/sensors/csv.h"
#include "cornu/data/sensors/idx.h"
#include "cornu/data/sensors/npy.h"

namespace cornu::tool {
namespace {

[[noreturn]] void unknown(const std::string& where, const std::string& what, const std::string& name,
                          const std::vector<std::string>& known) {
  const std::string near = nearest(name, known);
  throw ValueError(cat(where, ": unknown ", what, "\n  received: \"", name, "\"\n  expected: ", join(known, ", "),
                       near.empty() ? "" : cat("\n  did you mean \"", near, "\"?")));
}

data::Sensor csv_sensor(ConfigReader& reader) {
  reader.require("path");
  const std::string path = reader.text("path", "");
  data::sensors::CsvOptions options;
  if (const auto target = reader.optional_integer("target")) options.target = static_cast<int>(*target);
  const std::string separator = reader.text("separator", "");
  if (separator.size() > 1)
    throw ValueError(
        cat(reader.what(), ": key \"separator\"\n  received: \"", separator, "\"\n  expected: one character"));
  if (!separator.empty()) options.separator = separator[0];
  options.target_dtype = dtype_from_name(reader.text("target_dtype", "float32"));
  reader.finish();
  return data::sensors::csv(path, options);
}

data::Sensor idx_sensor(ConfigReader& reader) {
  reader.require("images");
  const std::string images = reader.text("images", ""), labels = reader.text("labels", "");
  reader.finish();
  return data::sensors::idx(images, labels);
}

data::Sensor npy_sensor(ConfigReader& reader) {
  reader.require("x");
  const std::string x = reader.text("x", ""), y = reader.text("y", "");
  reader.finish();
  return data::sensors::npy(x, y);
}

data::Step scale_step(const Json& value, const std::string& where) {
  ConfigReader reader(value, where + ".scale");
  data::ScaleOptions options;
  options.multiply = reader.number("multiply", options.multiply);
  options.divide = reader.number("divide", options.divide);
  options.add = reader.number("add", options.add);
  reader.finish();
  return data::scale(options);
}

data::ShuffleOptions shuffle_options(const Json& value, const std::string& where) {
  data::ShuffleOptions options;
  if (value == Json(true)) return options;
  ConfigReader reader(value, where + ".shuffle");
  if (const auto seed = reader.optional_integer("seed")) options.seed = static_cast<std::uint64_t>(*seed);
  reader.finish();
  return options;
}

// {name = value}: one step, named by its only key.
SystemStep make_step(const Json& json, const std::string& where) {
  static const std::vector<std::string> known = {"reshape", "scale", "cast", "one_hot", "shuffle", "split"};
  if (!json.is_object() || json.size() != 1)
    throw ValueError(cat(where, " is no step\n  received: ", dump_json(json).substr(0, 80),
                         "\n  expected: {name = value} with one of: ", join(known, ", ")));
  const std::string name = json.begin().key();
  ConfigReader reader(json, where);
  SystemStep out;
  out.where = cat(where, " (", name, ")");
  if (name == "reshape")
    out.each = data::reshape(reader.shape(name));
  else if (name == "scale")
    out.each = scale_step(json[name], where);
  else if (name == "cast")
    out.each = data::cast(dtype_from_name(reader.text(name, "")));
  else if (name == "one_hot")
    out.each = data::one_hot(reader.integer(name, 0));
  else if (name == "shuffle")
    out.shuffle = shuffle_options(json[name], where);
  else if (name == "split")
    out.split = reader.number(name, 0.0);
  else
    unknown(where, "step", name, known);
  return out;
}

}  // namespace

data::Sensor make_sensor(const SystemPart& part) {
  static const std::vector<std::string> known = {"idx", "npy", "csv"};
  ConfigReader reader = part.reader();
  reader.require("kind");
  const std::string kind = reader.text("kind", "");
  if (kind == "idx") return idx_sensor(reader);
  if (kind == "npy") return npy_sensor(reader);
  if (kind == "csv") return csv_sensor(reader);
  unknown(part.where(), "kind of sensor", kind, known);
}

std::vector<SystemStep> make_steps(const SystemPart& segment) {
  if (!segment.has("dataset")) return {};
  const SystemPart dataset = segment.below("dataset");
  ConfigReader reader = dataset.reader();
  const Json list = reader.json("steps");
  reader.finish();
  if (!list.is_array())
    throw ValueError(cat(dataset.where(), ": key \"steps\"\n  received: ", dump_json(list).substr(0, 80),
                         "\n  expected: a list of steps"));
  std::vector<SystemStep> out;
  for (std::size_t i = 0; i < list.size(); ++i)
    out.push_back(make_step(list[i], segment.file.where(cat(dataset.at, ".steps[", i, "]"))));
  return out;
}

}  // namespace cornu::tool
