// Keras 1 -> Keras 2: words of configurations and names of weights. One line of the table a layer class.
#include <algorithm>
#include <array>

#include "cornu/core/error.h"
#include "cornu/saving/config_words.h"
#include "cornu/saving/upgrade_steps.h"

namespace cornu::saving {
namespace {

struct Rename {
  std::string_view from;
  std::string_view to;  // "" drops the key
};

constexpr std::array kCommon{
    Rename{"input_dim", ""},
    Rename{"input_length", ""},
    Rename{"input_dtype", "dtype"},  // of the input, as Keras 2's `dtype` of a first layer
    Rename{"output_dim", "units"},
    Rename{"bias", "use_bias"},
    Rename{"init", "kernel_initializer"},
    Rename{"W_regularizer", "kernel_regularizer"},
    Rename{"b_regularizer", "bias_regularizer"},
    Rename{"W_constraint", "kernel_constraint"},
    Rename{"b_constraint", "bias_constraint"},
    Rename{"p", "rate"},
    Rename{"sigma", "stddev"},
    Rename{"gamma_init", "gamma_initializer"},
    Rename{"beta_init", "beta_initializer"},
    Rename{"nb_filter", "filters"},
    Rename{"border_mode", "padding"},
    Rename{"subsample", "strides"},
    Rename{"dim_ordering", "data_format"},
    Rename{"pool_length", "pool_size"},
    Rename{"stride", "strides"},
    Rename{"nb_col", ""},  // with nb_row it becomes kernel_size
};

// The layers whose meaning did not change. All others need more than words (kernels to turn, gates to put together).
constexpr std::array<std::string_view, 34> kReadable{"Dense",
                                                     "Activation",
                                                     "Dropout",
                                                     "Flatten",
                                                     "Reshape",
                                                     "LeakyReLU",
                                                     "ELU",
                                                     "PReLU",
                                                     "InputLayer",
                                                     "BatchNormalization",
                                                     "GaussianNoise",
                                                     "Sequential",
                                                     "Model",
                                                     "Permute",
                                                     "ActivityRegularization",
                                                     "RepeatVector",
                                                     "SpatialDropout1D",
                                                     "SpatialDropout2D",
                                                     "SpatialDropout3D",
                                                     "Masking",
                                                     "GaussianDropout",
                                                     "Convolution2D",
                                                     "MaxPooling1D",
                                                     "MaxPooling2D",
                                                     "AveragePooling1D",
                                                     "AveragePooling2D",
                                                     "GlobalMaxPooling1D",
                                                     "GlobalMaxPooling2D",
                                                     "GlobalAveragePooling1D",
                                                     "GlobalAveragePooling2D",
                                                     "UpSampling2D",
                                                     "ZeroPadding2D",
                                                     "Cropping2D",
                                                     "Merge"};

std::string_view initializer_class(std::string_view name) {
  constexpr std::array<std::array<std::string_view, 2>, 14> kNames{{{"glorot_uniform", "GlorotUniform"},
                                                                    {"glorot_normal", "GlorotNormal"},
                                                                    {"he_uniform", "HeUniform"},
                                                                    {"he_normal", "HeNormal"},
                                                                    {"lecun_uniform", "LecunUniform"},
                                                                    {"lecun_normal", "LecunNormal"},
                                                                    {"uniform", "RandomUniform"},
                                                                    {"normal", "RandomNormal"},
                                                                    {"identity", "Identity"},
                                                                    {"orthogonal", "Orthogonal"},
                                                                    {"zero", "Zeros"},
                                                                    {"zeros", "Zeros"},
                                                                    {"one", "Ones"},
                                                                    {"ones", "Ones"}}};
  for (const auto& [keras1, keras2] : kNames)
    if (keras1 == name) return keras2;
  return name;
}

// Keras 1: {"name": "WeightRegularizer", "l1": 0.0, "l2": 0.01}; Keras 2: {"class_name": "L1L2", "config": {...}}.
Json object_of(const Json& old, std::string_view key) {
  if (!old.is_object() || old.contains("class_name")) return old;
  Json config = Json::object();
  std::string class_name = get_text(old, "name");
  for (const auto& [word, value] : old.items())
    if (word != "name") config[word == "m" ? "max_value" : word] = value;
  if (ends_with(key, "_regularizer")) class_name = "L1L2";
  for (const auto& [keras1, keras2] : {std::pair{"maxnorm", "MaxNorm"}, {"nonneg", "NonNeg"}, {"unitnorm", "UnitNorm"}})
    if (lower(class_name) == keras1) class_name = keras2;
  return Json{{"class_name", class_name}, {"config", config}};
}

Json upgraded_value(std::string_view key, Json value) {
  if (ends_with(key, "_initializer") && value.is_string())
    return Json{{"class_name", initializer_class(value.get<std::string>())}, {"config", Json::object()}};
  if (ends_with(key, "_regularizer") || ends_with(key, "_constraint")) return object_of(value, key);
  if (key == "data_format") return value == "th" ? "channels_first" : "channels_last";
  return value;
}

Json upgraded_config(const std::string& class_name, const Json& old) {
  Json config = Json::object();
  for (const auto& [key, value] : old.items()) {
    std::string word = key;
    for (const Rename& rename : kCommon)
      if (rename.from == key) word = rename.to;
    if (class_name == "BatchNormalization" && key == "mode") continue;
    if (key == "nb_row") {
      config["kernel_size"] = Json::array({value, get(old, "nb_col")});
      continue;
    }
    if (class_name == "PReLU" && word == "kernel_initializer") word = "alpha_initializer";
    if (!word.empty()) config[word] = upgraded_value(word, value);
  }
  return config;
}

// Keras 1's one merging layer, as the layer of Keras 2 that does the same; null where there is none.
Json merging_layer(const Json& layer) {
  constexpr std::array<std::array<std::string_view, 2>, 7> kModes{{{"sum", "Add"},
                                                                   {"mul", "Multiply"},
                                                                   {"ave", "Average"},
                                                                   {"max", "Maximum"},
                                                                   {"concat", "Concatenate"},
                                                                   {"dot", "Dot"},
                                                                   {"cos", "Dot"}}};
  const Json& old = config_of(layer);
  const std::string mode = get_text(old, "mode");
  for (const auto& [keras1, keras2] : kModes) {
    if (keras1 != mode || !get(old, "layers").is_null()) continue;  // with layers: branches of a Sequential
    Json config = Json{{"name", layer_name(layer)}};
    if (keras2 == "Concatenate") config["axis"] = old.value("concat_axis", Json(-1));
    if (keras2 == "Dot") {
      Json axes = old.value("dot_axes", Json(-1));
      if (axes.is_array())
        for (Json& axis : axes)
          if (axis.is_array() && axis.size() == 1) axis = axis.front();
      config["axes"] = std::move(axes);
      config["normalize"] = mode == "cos";
    }
    Json result = layer;
    result["class_name"] = keras2;
    result["config"] = std::move(config);
    return result;
  }
  return nullptr;
}

void refuse_what_changed(const Json& layer, const std::string& shown, const std::string& version) {
  const std::string class_name = class_of(layer);
  std::string missing;
  if (std::find(kReadable.begin(), kReadable.end(), class_name) == kReadable.end())
    missing = cat("layers of class ", class_name);
  else if (class_name == "BatchNormalization" && get(config_of(layer), "mode").is_number() &&
           get(config_of(layer), "mode") != 0)
    missing = "BatchNormalization with mode 1 or 2";
  else if (class_name == "Convolution2D" && get(config_of(layer), "dim_ordering") == "th")
    missing = "kernels in Theano's order (dim_ordering \"th\")";
  else if (class_name == "Merge" && merging_layer(layer).is_null())
    missing = cat("Merge of mode ", dump_json(get(config_of(layer), "mode")));
  if (missing.empty()) return;
  throw FileError(cat("[load] cannot read '", shown, "', written by Keras ", version, ".\n", "  received: layer '",
                      layer_name(layer), "' of class ", class_name, "; Cornu reads no ", missing, " of Keras 1\n",
                      "  way out: open and save the file with Keras 2.0 to 2.2, then give that file"));
}

}  // namespace

Json keras1_to_2(const Json& layer, const std::string& shown, const std::string& version) {
  refuse_what_changed(layer, shown, version);
  if (class_of(layer) == "Merge") return merging_layer(layer);
  Json result = layer;
  if (!is_model(layer)) {
    result["config"] = upgraded_config(class_of(layer), config_of(layer));
    if (class_of(layer) == "Convolution2D") result["class_name"] = "Conv2D";
    return result;
  }
  Json layers = Json::array();
  for (const Json& inner : layers_of(layer)) layers.push_back(keras1_to_2(inner, shown, version));
  if (config_of(layer).is_array())
    result["config"] = std::move(layers);
  else
    result["config"]["layers"] = std::move(layers);
  return result;
}

// "dense_1_W:0" -> "dense_1/kernel:0".
std::string keras1_weight_name(const std::string& layer, const std::string& name) {
  constexpr std::array<Rename, 8> kEndings{{{"W", "kernel"},
                                            {"b", "bias"},
                                            {"alphas", "alpha"},
                                            {"running_mean", "moving_mean"},
                                            {"running_std", "moving_variance"},  // it holds the variance
                                            {"gamma", "gamma"},
                                            {"beta", "beta"},
                                            {"U", "recurrent_kernel"}}};
  const std::size_t colon = std::min(name.find(':'), name.size());
  const std::string_view stem = std::string_view(name).substr(0, colon);
  for (const Rename& ending : kEndings)
    if (ends_with(stem, cat("_", ending.from)))
      return cat(stem.substr(0, stem.size() - ending.from.size() - 1), "/", ending.to);
  return cat(layer, "/", stem);
}

}  // namespace cornu::saving
