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
    Rename{"filter_length", "kernel_size"},
    Rename{"subsample_length", "strides"},
    Rename{"kernel_dim2", ""},  // with kernel_dim1 and 3 it becomes kernel_size
    Rename{"kernel_dim3", ""},
    Rename{"atrous_rate", "dilation_rate"},
    Rename{"length", "size"},
    Rename{"theta", "threshold"},
    Rename{"depthwise_init", "depthwise_initializer"},
    Rename{"pointwise_init", "pointwise_initializer"},
};

// The layers that Keras 2 has too, under the same name or another. docs/guide/files.md lists those that are missing
// here.
struct Row {
  std::string_view keras1;
  std::string_view keras2 = "";  // "": the same
};
constexpr std::array kReadable{
    Row{"Dense"},
    Row{"Activation"},
    Row{"Dropout"},
    Row{"Flatten"},
    Row{"Reshape"},
    Row{"Permute"},
    Row{"RepeatVector"},
    Row{"Masking"},
    Row{"ActivityRegularization"},
    Row{"Merge"},
    Row{"Sequential"},
    Row{"Model"},
    Row{"InputLayer"},
    Row{"Embedding"},
    Row{"LeakyReLU"},
    Row{"ELU"},
    Row{"PReLU"},
    Row{"ThresholdedReLU", "ReLU"},
    Row{"BatchNormalization"},
    Row{"GaussianNoise"},
    Row{"GaussianDropout"},
    Row{"SpatialDropout1D"},
    Row{"SpatialDropout2D"},
    Row{"SpatialDropout3D"},
    Row{"Convolution1D", "Conv1D"},
    Row{"Convolution2D", "Conv2D"},
    Row{"Convolution3D", "Conv3D"},
    Row{"AtrousConvolution1D", "Conv1D"},
    Row{"AtrousConvolution2D", "Conv2D"},
    Row{"Deconvolution2D", "Conv2DTranspose"},
    Row{"SeparableConvolution2D", "SeparableConv2D"},
    Row{"MaxPooling1D"},
    Row{"MaxPooling2D"},
    Row{"MaxPooling3D"},
    Row{"AveragePooling1D"},
    Row{"AveragePooling2D"},
    Row{"AveragePooling3D"},
    Row{"GlobalMaxPooling1D"},
    Row{"GlobalMaxPooling2D"},
    Row{"GlobalMaxPooling3D"},
    Row{"GlobalAveragePooling1D"},
    Row{"GlobalAveragePooling2D"},
    Row{"GlobalAveragePooling3D"},
    Row{"UpSampling1D"},
    Row{"UpSampling2D"},
    Row{"UpSampling3D"},
    Row{"ZeroPadding1D"},
    Row{"ZeroPadding2D"},
    Row{"ZeroPadding3D"},
    Row{"Cropping1D"},
    Row{"Cropping2D"},
    Row{"Cropping3D"},
};

const Row* find_row(std::string_view class_name) {
  const auto found =
      std::find_if(kReadable.begin(), kReadable.end(), [&](const Row& row) { return row.keras1 == class_name; });
  return found == kReadable.end() ? nullptr : &*found;
}

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

// An Embedding has other words for the same keys.
std::string embedding_word(const std::string& key, const std::string& word) {
  if (key == "input_dim" || key == "input_length" || key == "output_dim") return key == "input_length" ? "" : key;
  if (key == "dropout") return "";
  if (key == "init") return "embeddings_initializer";
  if (key == "W_regularizer") return "embeddings_regularizer";
  if (key == "W_constraint") return "embeddings_constraint";
  return word;
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
    if (key == "kernel_dim1") {
      config["kernel_size"] = Json::array({value, get(old, "kernel_dim2"), get(old, "kernel_dim3")});
      continue;
    }
    if (class_name == "PReLU" && word == "kernel_initializer") word = "alpha_initializer";
    if (class_name == "Embedding") word = embedding_word(key, word);
    // The shape follows from the input, as Keras 1 itself computes where it is asked.
    if (class_name == "Deconvolution2D" && key == "output_shape") continue;
    if (!word.empty()) config[word] = upgraded_value(word, value);
  }
  return config;
}

// Why a layer cannot be read; "" when it can.
std::string what_changed(const Json& layer) {
  const std::string class_name = class_of(layer);
  const Json& config = config_of(layer);
  if (!find_row(class_name)) return cat("layers of class ", class_name);
  if (class_name == "BatchNormalization" && get(config, "mode").is_number() && get(config, "mode") != 0)
    return "BatchNormalization with mode 1 or 2";
  if (class_name == "Merge" && merging_layer(layer).is_null())
    return cat("Merge of mode ", dump_json(get(config, "mode")));
  if (class_name == "SeparableConvolution2D" && get(config, "dim_ordering") == "th")
    return "SeparableConvolution2D with kernels in Theano's order (dim_ordering \"th\")";
  if (class_name == "Embedding" && get(config, "dropout").is_number() && get(config, "dropout") != 0.0)
    return "Embedding with dropout";
  return "";
}

void list_what_changed(const Json& layer, std::vector<std::string>& list) {
  if (const std::string missing = what_changed(layer); !missing.empty())
    list.push_back(
        cat("layer '", layer_name(layer), "' of class ", class_of(layer), "; Cornu reads no ", missing, " of Keras 1"));
  if (is_model(layer))
    for (const Json& inner : layers_of(layer)) list_what_changed(inner, list);
}

Json layer_to_2(const Json& layer) {
  if (class_of(layer) == "Merge") return merging_layer(layer);
  Json result = layer;
  if (!is_model(layer)) {
    result["config"] = upgraded_config(class_of(layer), config_of(layer));
    if (const Row* row = find_row(class_of(layer)); !row->keras2.empty()) result["class_name"] = row->keras2;
    return result;
  }
  Json layers = Json::array();
  for (const Json& inner : layers_of(layer)) layers.push_back(layer_to_2(inner));
  if (config_of(layer).is_array())
    result["config"] = std::move(layers);
  else
    result["config"]["layers"] = std::move(layers);
  return result;
}

}  // namespace

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

Json keras1_to_2(const Json& layer, const std::string& shown, const std::string& version) {
  std::vector<std::string> changed;
  list_what_changed(layer, changed);
  if (!changed.empty())
    throw FileError(cat(cannot_read(shown).substr(0, cannot_read(shown).find_last_of('.')), ", written by Keras ",
                        version, ".\n  received: ", join(changed, "\n            "),
                        "\n  way out: open and save the file with Keras 2.0 to 2.2, then give that file"));
  return layer_to_2(layer);
}

// "dense_1_W:0" -> "dense_1/kernel:0".
std::string keras1_weight_name(const std::string& layer, const std::string& name) {
  constexpr std::array<Rename, 10> kEndings{{{"depthwise_kernel", "depthwise_kernel"},
                                             {"pointwise_kernel", "pointwise_kernel"},
                                             {"W", "kernel"},
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
