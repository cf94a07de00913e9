// A layer's arguments listed once, in the order of Keras's configuration, for writing and for reading it:
//   struct Arguments {
//     SizeList pool_size = 2;
//     PoolingOptions o;
//     template <class F> void fields(F& f) { f("pool_size", pool_size); f("padding", o.padding); }
//   };
// core/fields.h does so for parts that hold numbers only; layers also hold other parts.
#pragma once

#include "cornu/core/edge_list.h"
#include "cornu/core/size_list.h"
#include "cornu/layers/from_config.h"

namespace cornu::layers {

class OptionWriter {
 public:
  void operator()(const char* key, std::int64_t value) { json_[key] = value; }
  void operator()(const char* key, bool value) { json_[key] = value; }
  void operator()(const char* key, const std::string& value) { json_[key] = value; }
  void operator()(const char* key, const SizeList& value) {
    json_[key] = value.is_none() ? Json(nullptr) : Json(value.sizes());
  }
  // Lists are written for as many axes as the layer has.
  void edges(const char* key, const EdgeList& value, int axes) {
    Json out = Json::array();
    for (const Edge& e : value.for_axes(axes, key, key)) out.push_back(Json::array({e.before, e.after}));
    json_[key] = axes == 1 ? out[0] : out;
  }
  // One number, not a list of one.
  void single(const char* key, const SizeList& value) { json_[key] = value.sizes().at(0); }
  template <class Part>
  void part(const char* key, const Part& value) {
    json_[key] = value.serialize();
  }
  Json take() && { return std::move(json_); }

 private:
  Json json_ = Json::object();
};

// A key that is absent leaves its field as it is.
class OptionReader {
 public:
  explicit OptionReader(ConfigReader& config) : config_(config) {}

  void operator()(const char* key, std::int64_t& value) { value = config_.integer(key, value); }
  void operator()(const char* key, bool& value) { value = config_.boolean(key, value); }
  void operator()(const char* key, std::string& value) { value = config_.text(key, value); }
  void operator()(const char* key, SizeList& value) {
    if (const std::vector<std::int64_t> sizes = config_.integers(key); !sizes.empty()) value = SizeList(sizes);
  }
  void single(const char* key, SizeList& value) { (*this)(key, value); }
  // Throws ValueError when it is neither a number nor a list of numbers and pairs.
  void edges(const char* key, EdgeList& value, int axes);
  void part(const char* key, cornu::Activation& value) { read(key, value, cornu::activations::get); }
  void part(const char* key, Initializer& value) { read(key, value, initializers::get); }
  void part(const char* key, Regularizer& value) { read(key, value, regularizers::get); }
  void part(const char* key, Constraint& value) { read(key, value, constraints::get); }

 private:
  template <class Part>
  void read(const char* key, Part& value, Part (*get)(const Json&)) {
    if (const Json json = config_.json(key); !json.is_null()) value = get(json);
  }
  ConfigReader& config_;
};

template <class Arguments>
Json write_options(Arguments arguments) {
  OptionWriter writer;
  arguments.fields(writer);
  return std::move(writer).take();
}

// A registry's maker: `arguments` are those of the class with its defaults, `make` gives the layer. Keys in `required`
// must be there.
template <class Arguments, class Make>
auto from_options(const char* class_name, Arguments defaults, std::vector<const char*> required, Make make) {
  return [=](const Json& config) {
    ConfigReader reader = reader_for(config, class_name);
    for (const char* key : required) reader.require(key);
    Arguments arguments = defaults;
    read_common(reader, arguments.o);
    OptionReader fields(reader);
    arguments.fields(fields);
    return finish(reader, make(arguments));
  };
}

// "channels_first"? Throws ValueError for what is no data format.
bool is_channels_first(const std::string& data_format, std::string_view class_name);
// The spatial axes of an input of `rank` dimensions with batch and channels.
std::vector<int> spatial_axes(int rank, bool channels_first);

}  // namespace cornu::layers
