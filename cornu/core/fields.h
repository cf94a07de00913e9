// Fields: a class's arguments listed once, in the order of Keras's configuration, for writing and for reading it.
//   struct L1Options {
//     Number l1 = 0.01;
//     template <class F> void fields(F& f) { f.float32("l1", l1); }
//   };
//   Json config = write_fields(options);  L1Options back = read_fields<L1Options>(config, "regularizer L1");
#pragma once

#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "cornu/core/axis_list.h"
#include "cornu/core/config.h"
#include "cornu/core/edge_list.h"
#include "cornu/core/judge_only.h"
#include "cornu/core/number_list.h"
#include "cornu/core/shape.h"
#include "cornu/core/size_list.h"

namespace cornu {

class FieldWriter {
 public:
  template <class T>
  void operator()(const char* key, const T& value) {
    json_[key] = to_json(value);
  }
  // An argument without a default.
  template <class T>
  void required(const char* key, const T& value) {
    (*this)(key, value);
  }
  // Keras keeps this number in a float32 and writes what is left of it: 0.01 becomes 0.009999999776482582.
  void float32(const char* key, double value) { json_[key] = static_cast<double>(static_cast<float>(value)); }
  // Keras takes this argument but forgets to write it. Written only where it matters, and Keras reads it back.
  template <class T>
  void forgotten(const char* key, const T& value, const std::type_identity_t<T>& standard) {
    if (!(value == standard)) json_[key] = to_json(value);
  }
  // A list that Keras writes only when there is one.
  void unless_none(const char* key, const NumberList& value) {
    if (!value.is_none()) json_[key] = to_json(value);
  }
  // A text for which Python says None; `none` stands for it here.
  void text_or_none(const char* key, const std::string& value, const char*) { json_[key] = value; }
  // A key whose argument does not exist here. Keras writes null for it by default.
  void always_none(const char* key) { json_[key] = nullptr; }
  // Read and checked, not written: Keras's losses have a dtype argument that their configuration leaves out.
  void dtype_unwritten() {}
  // Metrics write theirs. What is computed in is float32 in either case.
  void dtype() { json_["dtype"] = "float32"; }

  Json take() && { return std::move(json_); }

 private:
  // Parts (initializers, activations, layers, ...) say themselves how they are written.
  template <class T>
  static Json to_json(const T& value) {
    if constexpr (requires { value.serialize(); })
      return value.serialize();
    else
      return value;
  }
  static Json to_json(const Number& value) {
    return value.is_integer() ? Json(static_cast<std::int64_t>(value)) : Json(static_cast<double>(value));
  }
  template <class T>
  static Json to_json(const std::vector<T>& values) {
    Json out = Json::array();
    for (const T& v : values) out.push_back(to_json(v));
    return out;
  }
  template <class T>
  static Json to_json(const std::optional<T>& value) {
    return value ? to_json(*value) : Json(nullptr);
  }
  static Json to_json(const NumberList& value) {
    if (value.is_none()) return nullptr;
    return value.is_list() ? to_json(value.numbers()) : to_json(value.numbers()[0]);
  }
  static Json to_json(const AxisList& value) {
    if (value.is_none()) return nullptr;
    return value.is_list() ? Json(value.axes()) : Json(value.axes()[0]);
  }
  static Json to_json(const SizeList& value) { return value.is_none() ? Json(nullptr) : Json(value.sizes()); }
  // A pair for each axis; for one axis that pair alone.
  static Json to_json(const EdgeList& value) {
    Json out = Json::array();
    for (const Edge& e : value.edges()) out.push_back(Json::array({e.before, e.after}));
    return out.size() == 1 ? out[0] : out;
  }
  // As it is, -1 included: what Keras does with a target shape. Where a dimension is left open, it writes None.
  static Json to_json(const Shape& value) { return value.dims(); }
  static Json to_json(const OptionalShape& value) {
    if (!value) return nullptr;
    Json out = Json::array();
    for (const std::int64_t d : *value) out.push_back(d < 0 ? Json(nullptr) : Json(d));
    return out;
  }

  Json json_ = Json::object();
};

// A key that is absent leaves its field as it is; null is None.
class FieldReader {
 public:
  FieldReader(const Json& json, ConfigReader& config) : json_(json), config_(config) {}

  void operator()(const char* key, Number& value) {
    if (present(key) && config_.has(key)) value = read_number(config_.json(key), config_.number(key, value));
  }
  void operator()(const char* key, double& value) { value = config_.number(key, value); }
  void operator()(const char* key, bool& value) { value = config_.boolean(key, value); }
  void operator()(const char* key, int& value) { value = static_cast<int>(config_.integer(key, value)); }
  void operator()(const char* key, std::int64_t& value) { value = config_.integer(key, value); }
  void operator()(const char* key, std::string& value) { value = config_.text(key, value); }
  void operator()(const char* key, std::vector<Number>& value) {
    if (!present(key)) return;
    const std::vector<double> numbers = config_.numbers(key);
    value.clear();
    for (std::size_t i = 0; i < numbers.size(); ++i)
      value.push_back(read_number(json_[key].is_array() ? json_[key][i] : json_[key], numbers[i]));
  }
  void operator()(const char* key, std::optional<Number>& value) {
    if (!present(key)) return;
    const std::optional<double> number = config_.optional_number(key);
    value = number ? std::optional(read_number(json_[key], *number)) : std::nullopt;
  }
  void operator()(const char* key, std::optional<std::int64_t>& value) {
    if (present(key)) value = config_.optional_integer(key);
  }
  void operator()(const char* key, NumberList& value) {
    if (!present(key)) return;
    std::vector<Number> numbers;
    (*this)(key, numbers);
    if (json_[key].is_array())
      value = NumberList(std::move(numbers));
    else
      value = NumberList();
    if (json_[key].is_number_integer())
      value = NumberList(json_[key].get<std::int64_t>());
    else if (json_[key].is_number())
      value = NumberList(json_[key].get<double>());
  }
  void operator()(const char* key, AxisList& value) {
    if (!present(key)) return;
    const std::vector<std::int64_t> axes = config_.integers(key);
    if (json_[key].is_null())
      value = AxisList();
    else if (json_[key].is_number())
      value = AxisList(static_cast<int>(axes.at(0)));
    else
      value = AxisList(std::vector<int>(axes.begin(), axes.end()));
  }
  void operator()(const char* key, SizeList& value) {
    if (!present(key)) return;
    value = SizeList(config_.integers(key));  // none for null
  }
  // Throws ValueError for what is neither a number nor a list of numbers and pairs.
  void operator()(const char* key, EdgeList& value);
  void operator()(const char* key, Shape& value) {
    if (present(key) && config_.has(key)) value = config_.shape(key);
  }
  void operator()(const char* key, OptionalShape& value) {
    if (!present(key)) return;
    value = OptionalShape();
    if (config_.has(key)) value = config_.shape(key);
  }
  // What a configuration holds only so that it comes back as it was.
  void operator()(const char* key, Json& value) {
    if (present(key)) value = config_.json(key);
  }
  // Parts: their classes make themselves from a configuration. None is a part without content, or, where there is no
  // such part (initializers), the default.
  template <class Part>
  requires requires(const Json& json) { Part::deserialize(json); }
  void operator()(const char* key, Part& part) {
    if (!present(key)) return;
    if (config_.has(key)) part = Part::deserialize(config_.json(key));
    if constexpr (std::is_default_constructible_v<Part>)
      if (!config_.has(key)) part = Part();
  }
  template <class T>
  void required(const char* key, T& value) {
    config_.require(key);
    (*this)(key, value);
  }
  void float32(const char* key, Number& value) { (*this)(key, value); }
  template <class T>
  void forgotten(const char* key, T& value, const std::type_identity_t<T>&) {
    (*this)(key, value);
  }
  void unless_none(const char* key, NumberList& value) { (*this)(key, value); }
  void text_or_none(const char* key, std::string& value, const char* none) {
    value = json_.contains(key) && json_[key].is_null() ? none : config_.text(key, value);
  }
  // Throws NotSupportedError for a value.
  void always_none(const char* key);
  void dtype_unwritten() { dtype(); }
  // Accepts null, "float32" and the policy object of that name. Throws NotSupportedError for other dtypes.
  void dtype();

  // For arguments that are objects themselves.
  ConfigReader& config() { return config_; }

 private:
  // Known from now on, whether it is there or not: the nearest of such keys is what an error proposes.
  bool present(const char* key) {
    config_.ignore(key);
    return json_.contains(key);
  }

  static Number read_number(const Json& json, double value) {
    return json.is_number_integer() ? Number(json.get<std::int64_t>()) : Number(value);
  }

  const Json& json_;
  ConfigReader& config_;
};

// No arguments at all: Zeros, NonNeg.
struct NoOptions {
  template <class F>
  void fields(F&) {}
};

template <class Options>
Json write_fields(Options options) {
  FieldWriter writer;
  if constexpr (!kJudgeOnly) options.fields(writer);
  return std::move(writer).take();
}

// Keys that are absent keep the default. Throws ValueError for a wrong type and for a key that the class does not know.
template <class Options>
Options read_fields(const Json& config, const std::string& what) {
  ConfigReader reader(config, what);
  FieldReader fields(config, reader);
  Options options;
  options.fields(fields);
  reader.finish();
  return options;
}

// An implementation whose configuration is its options:
//   struct L1Impl final : WithOptions<RegularizerImpl, L1Options> { using WithOptions::WithOptions; ... };
template <class Impl, class Options>
class WithOptions : public Impl {
 public:
  WithOptions(std::string class_name, Options options)
      : options_(std::move(options)), class_name_(std::move(class_name)) {}
  std::string class_name() const override { return class_name_; }
  Json config() const override { return write_fields(options_); }

 protected:
  const Options& options() const { return options_; }

 private:
  Options options_;
  std::string class_name_;
};

// A registry's maker out of the function that users call: r.add("L1", {"l1"}, from_fields(L1, "regularizer L1")).
template <class Part, class Options>
auto from_fields(Part (*make)(Options), std::string what) {
  return [make, what = std::move(what)](const Json& config) { return make(read_fields<Options>(config, what)); };
}

}  // namespace cornu
