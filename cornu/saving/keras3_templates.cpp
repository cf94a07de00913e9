// What get_config() of Keras 3.15 returns for built-in classes: the keys, their order and their defaults.
#include <array>
#include <string_view>

#include "cornu/saving/config_words.h"
#include "cornu/saving/upgrade_steps.h"

namespace cornu::saving {
namespace {

struct Template {
  std::string_view class_name;
  std::string_view json;  // "$" is a key without default: it stays away when the old configuration lacks it
};

// What the ranks of a family have in common. Sizes are "$": every version wrote them.
constexpr std::string_view kConv = R"({"name":"$","trainable":true,"dtype":"#dtype","activity_regularizer":"$",
  "filters":"$","kernel_size":"$","strides":"$","padding":"valid","data_format":"channels_last","dilation_rate":"$",
  "groups":1,"activation":"linear","use_bias":true,"kernel_initializer":"#glorot","bias_initializer":"#zeros",
  "kernel_regularizer":null,"bias_regularizer":null,"kernel_constraint":null,"bias_constraint":null})";
constexpr std::string_view kConvTranspose = R"({"name":"$","trainable":true,"dtype":"#dtype",
  "activity_regularizer":"$","filters":"$","kernel_size":"$","strides":"$","padding":"valid","output_padding":null,
  "data_format":"channels_last","dilation_rate":"$","activation":"linear","use_bias":true,
  "kernel_initializer":"#glorot","bias_initializer":"#zeros","kernel_regularizer":null,"bias_regularizer":null,
  "kernel_constraint":null,"bias_constraint":null})";
constexpr std::string_view kDepthwiseConv = R"({"name":"$","trainable":true,"dtype":"#dtype",
  "activity_regularizer":"$","depth_multiplier":1,"kernel_size":"$","strides":"$","padding":"valid",
  "data_format":"channels_last","dilation_rate":"$","activation":"linear","use_bias":true,
  "depthwise_initializer":"#glorot","bias_initializer":"#zeros","depthwise_regularizer":null,"bias_regularizer":null,
  "depthwise_constraint":null,"bias_constraint":null})";
constexpr std::string_view kSeparableConv = R"({"name":"$","trainable":true,"dtype":"#dtype",
  "activity_regularizer":"$","depth_multiplier":1,"filters":"$","kernel_size":"$","strides":"$","padding":"valid",
  "data_format":"channels_last","dilation_rate":"$","activation":"linear","use_bias":true,
  "depthwise_initializer":"#glorot","pointwise_initializer":"#glorot","bias_initializer":"#zeros",
  "depthwise_regularizer":null,"pointwise_regularizer":null,"bias_regularizer":null,"depthwise_constraint":null,
  "pointwise_constraint":null,"bias_constraint":null})";
constexpr std::string_view kPooling = R"({"name":"$","trainable":true,"dtype":"#dtype","pool_size":"$",
  "padding":"valid","strides":"$","data_format":"channels_last"})";
constexpr std::string_view kGlobalPooling = R"({"name":"$","trainable":true,"dtype":"#dtype",
  "data_format":"channels_last","keepdims":false})";
constexpr std::string_view kZeroPadding = R"({"name":"$","trainable":true,"dtype":"#dtype","padding":"$",
  "data_format":"channels_last"})";
constexpr std::string_view kCropping = R"({"name":"$","trainable":true,"dtype":"#dtype","cropping":"$",
  "data_format":"channels_last"})";

// "#zeros" and "#ones" and "#glorot" are initializers, "#dtype" is the float32 policy.
constexpr std::array kLayers{
    Template{"InputLayer",
             R"({"batch_shape":null,"dtype":"float32","sparse":false,"ragged":false,"name":"$","optional":false})"},
    Template{"Dense", R"({"name":"$","trainable":true,"dtype":"#dtype","activity_regularizer":"$","units":"$",
      "activation":"linear","use_bias":true,"kernel_initializer":"#glorot","bias_initializer":"#zeros",
      "kernel_regularizer":null,"bias_regularizer":null,"kernel_constraint":null,"bias_constraint":null,
      "quantization_config":null})"},
    Template{"Activation", R"({"name":"$","trainable":true,"dtype":"#dtype","activation":"linear"})"},
    Template{"Dropout", R"({"name":"$","trainable":true,"dtype":"#dtype","rate":"$","seed":null,"noise_shape":null})"},
    Template{"Flatten", R"({"name":"$","trainable":true,"dtype":"#dtype","data_format":"channels_last"})"},
    Template{"Reshape", R"({"name":"$","trainable":true,"dtype":"#dtype","target_shape":"$"})"},
    Template{"Rescaling", R"({"name":"$","trainable":true,"dtype":"#dtype","scale":"$","offset":0.0})"},
    Template{"BatchNormalization", R"({"name":"$","trainable":true,"dtype":"#dtype","axis":-1,"momentum":0.99,
      "epsilon":0.001,"center":true,"scale":true,"beta_initializer":"#zeros","gamma_initializer":"#ones",
      "moving_mean_initializer":"#zeros","moving_variance_initializer":"#ones","beta_regularizer":null,
      "gamma_regularizer":null,"beta_constraint":null,"gamma_constraint":null,"synchronized":false,"renorm":false,
      "renorm_clipping":null,"renorm_momentum":0.99})"},
    Template{"LayerNormalization", R"({"name":"$","trainable":true,"dtype":"#dtype","axis":-1,"epsilon":0.001,
      "center":true,"scale":true,"rms_scaling":false,"beta_initializer":"#zeros","gamma_initializer":"#ones",
      "beta_regularizer":null,"gamma_regularizer":null,"beta_constraint":null,"gamma_constraint":null})"},
    Template{"GaussianNoise", R"({"name":"$","trainable":true,"dtype":"#dtype","stddev":"$","seed":null})"},
    Template{"ActivityRegularization", R"({"name":"$","trainable":true,"dtype":"#dtype","l1":0.0,"l2":0.0})"},
    Template{"ReLU", R"({"name":"$","trainable":true,"dtype":"#dtype","max_value":null,"negative_slope":0.0,
      "threshold":0.0})"},
    Template{"LeakyReLU", R"({"name":"$","trainable":true,"dtype":"#dtype","negative_slope":0.3})"},
    Template{"ELU", R"({"name":"$","alpha":1.0,"trainable":true,"dtype":"#dtype"})"},
    Template{"PReLU", R"({"name":"$","trainable":true,"dtype":"#dtype","alpha_initializer":"#zeros",
      "alpha_regularizer":null,"alpha_constraint":null,"shared_axes":null})"},
    Template{"Masking", R"({"name":"$","trainable":true,"dtype":"#dtype","mask_value":0.0})"},
    Template{"Identity", R"({"name":"$","trainable":true,"dtype":"#dtype"})"},
    Template{"GaussianDropout", R"({"name":"$","trainable":true,"dtype":"#dtype","rate":"$","seed":null})"},
    Template{"AlphaDropout",
             R"({"name":"$","trainable":true,"dtype":"#dtype","rate":"$","seed":null,"noise_shape":null})"},
    // Their own order, and a dtype that is a plain text.
    Template{"SpatialDropout1D", R"({"rate":"$","seed":null,"name":"$","dtype":"float32"})"},
    Template{"SpatialDropout2D",
             R"({"rate":"$","seed":null,"name":"$","dtype":"float32","data_format":"channels_last"})"},
    Template{"SpatialDropout3D",
             R"({"rate":"$","seed":null,"name":"$","dtype":"float32","data_format":"channels_last"})"},
    Template{"GroupNormalization",
             R"({"name":"$","trainable":true,"dtype":"#dtype","groups":32,"axis":-1,"epsilon":0.001,
      "center":true,"scale":true,"beta_initializer":"#zeros",
      "gamma_initializer":"#ones","beta_regularizer":null,"gamma_regularizer":null,"beta_constraint":null,
      "gamma_constraint":null})"},
    Template{"UnitNormalization", R"({"name":"$","trainable":true,"dtype":"#dtype","axis":-1})"},
    Template{"SpectralNormalization",
             R"({"name":"$","trainable":true,"dtype":"#dtype","layer":"$","power_iterations":1})"},
    Template{"Normalization", R"({"name":"$","trainable":true,"dtype":"#dtype","axis":[-1],"invert":false,
      "mean":null,"variance":null})"},
    Template{"Softmax", R"({"name":"$","trainable":true,"dtype":"#dtype","axis":-1})"},
    Template{"Add", R"({"name":"$","trainable":true,"dtype":"#dtype"})"},
    Template{"Subtract", R"({"name":"$","trainable":true,"dtype":"#dtype"})"},
    Template{"Multiply", R"({"name":"$","trainable":true,"dtype":"#dtype"})"},
    Template{"Average", R"({"name":"$","trainable":true,"dtype":"#dtype"})"},
    Template{"Maximum", R"({"name":"$","trainable":true,"dtype":"#dtype"})"},
    Template{"Minimum", R"({"name":"$","trainable":true,"dtype":"#dtype"})"},
    Template{"Identity", R"({"name":"$","trainable":true,"dtype":"#dtype"})"},
    Template{"Concatenate", R"({"name":"$","trainable":true,"dtype":"#dtype","axis":-1})"},
    Template{"Dot", R"({"name":"$","trainable":true,"dtype":"#dtype","axes":"$","normalize":false})"},
    Template{"Permute", R"({"name":"$","trainable":true,"dtype":"#dtype","dims":"$"})"},
    Template{"RepeatVector", R"({"name":"$","trainable":true,"dtype":"#dtype","n":"$"})"},
    Template{"Conv1D", kConv},
    Template{"Conv2D", kConv},
    Template{"Conv3D", kConv},
    Template{"Conv1DTranspose", kConvTranspose},
    Template{"Conv2DTranspose", kConvTranspose},
    Template{"Conv3DTranspose", kConvTranspose},
    Template{"DepthwiseConv1D", kDepthwiseConv},
    Template{"DepthwiseConv2D", kDepthwiseConv},
    Template{"SeparableConv1D", kSeparableConv},
    Template{"SeparableConv2D", kSeparableConv},
    Template{"MaxPooling1D", kPooling},
    Template{"MaxPooling2D", kPooling},
    Template{"MaxPooling3D", kPooling},
    Template{"AveragePooling1D", kPooling},
    Template{"AveragePooling2D", kPooling},
    Template{"AveragePooling3D", kPooling},
    Template{"GlobalMaxPooling1D", kGlobalPooling},
    Template{"GlobalMaxPooling2D", kGlobalPooling},
    Template{"GlobalMaxPooling3D", kGlobalPooling},
    Template{"GlobalAveragePooling1D", kGlobalPooling},
    Template{"GlobalAveragePooling2D", kGlobalPooling},
    Template{"GlobalAveragePooling3D", kGlobalPooling},
    Template{"UpSampling1D", R"({"name":"$","trainable":true,"dtype":"#dtype","size":2})"},
    Template{"UpSampling2D", R"({"name":"$","trainable":true,"dtype":"#dtype","size":"$",
      "data_format":"channels_last","interpolation":"nearest"})"},
    Template{"UpSampling3D", R"({"name":"$","trainable":true,"dtype":"#dtype","size":"$",
      "data_format":"channels_last"})"},
    Template{"ZeroPadding1D", kZeroPadding},
    Template{"ZeroPadding2D", kZeroPadding},
    Template{"ZeroPadding3D", kZeroPadding},
    Template{"Cropping1D", R"({"name":"$","trainable":true,"dtype":"#dtype","cropping":"$"})"},
    Template{"Cropping2D", kCropping},
    Template{"Cropping3D", kCropping},
};

constexpr std::array kInitializers{
    Template{"GlorotUniform", R"({"seed":null,"input_axes":null,"output_axes":null})"},
    Template{"GlorotNormal", R"({"seed":null,"input_axes":null,"output_axes":null})"},
    Template{"HeUniform", R"({"seed":null,"input_axes":null,"output_axes":null})"},
    Template{"HeNormal", R"({"seed":null,"input_axes":null,"output_axes":null})"},
    Template{"LecunUniform", R"({"seed":null,"input_axes":null,"output_axes":null})"},
    Template{"LecunNormal", R"({"seed":null,"input_axes":null,"output_axes":null})"},
    Template{"VarianceScaling", R"({"seed":null,"scale":1.0,"mode":"fan_in","distribution":"truncated_normal",
      "input_axes":null,"output_axes":null})"},
    Template{"RandomNormal", R"({"seed":null,"mean":0.0,"stddev":0.05})"},
    Template{"TruncatedNormal", R"({"seed":null,"mean":0.0,"stddev":0.05})"},
    Template{"RandomUniform", R"({"seed":null,"minval":-0.05,"maxval":0.05})"},
    Template{"Orthogonal", R"({"seed":null,"gain":1.0})"},
    Template{"Constant", R"({"value":0.0})"},
    Template{"Zeros", "{}"},
    Template{"Ones", "{}"},
    Template{"Identity", "{}"},
};

// Common to all optimizers, before their own keys.
constexpr std::string_view kOptimizer = R"({"name":"$","learning_rate":"$","weight_decay":null,"clipnorm":null,
  "global_clipnorm":null,"clipvalue":null,"use_ema":false,"ema_momentum":0.99,"ema_overwrite_frequency":null,
  "loss_scale_factor":null,"gradient_accumulation_steps":null})";
constexpr std::array kOptimizers{
    Template{"SGD", R"({"learning_rate":0.01,"momentum":0.0,"nesterov":false})"},
    Template{"RMSprop", R"({"learning_rate":0.001,"rho":0.9,"momentum":0.0,"epsilon":1e-07,"centered":false})"},
    Template{"Adam", R"({"learning_rate":0.001,"beta_1":0.9,"beta_2":0.999,"epsilon":1e-07,"amsgrad":false})"},
    Template{"AdamW", R"({"learning_rate":0.001,"weight_decay":0.004,"beta_1":0.9,"beta_2":0.999,"epsilon":1e-07,
      "amsgrad":false})"},
    Template{"Adamax", R"({"learning_rate":0.001,"beta_1":0.9,"beta_2":0.999,"epsilon":1e-07})"},
    Template{"Nadam", R"({"learning_rate":0.001,"beta_1":0.9,"beta_2":0.999,"epsilon":1e-07})"},
    Template{"Adagrad", R"({"learning_rate":0.001,"initial_accumulator_value":0.1,"epsilon":1e-07})"},
    Template{"Adadelta", R"({"learning_rate":0.001,"rho":0.95,"epsilon":1e-07})"},
    Template{"Adafactor", R"({"learning_rate":0.001,"beta_2_decay":-0.8,"epsilon_1":1e-30,"epsilon_2":0.001,
      "clip_threshold":1.0,"relative_step":true})"},
    Template{"Ftrl", R"({"learning_rate":0.001,"learning_rate_power":-0.5,"initial_accumulator_value":0.1,
      "l1_regularization_strength":0.0,"l2_regularization_strength":0.0,"l2_shrinkage_regularization_strength":0.0,
      "beta":0.0})"},
    Template{"Lion", R"({"learning_rate":0.001,"beta_1":0.9,"beta_2":0.99})"},
};

template <std::size_t N>
std::optional<Json> find(const std::array<Template, N>& table, std::string_view class_name) {
  for (const Template& entry : table)
    if (entry.class_name == class_name) return parse_json(entry.json, class_name);
  return std::nullopt;
}

Json default_value(const Json& value) {
  if (value == "#dtype") return dtype_policy("float32");
  if (value == "#zeros") return keras_object("keras.initializers", "Zeros", Json::object());
  if (value == "#ones") return keras_object("keras.initializers", "Ones", Json::object());
  if (value == "#glorot")
    return keras_object("keras.initializers", "GlorotUniform",
                        fill_initializer_template("GlorotUniform", Json::object()));
  return value;
}

std::string plain_dtype(const Json& dtype) {
  return dtype.is_string() ? dtype.get<std::string>() : get_text(config_of(dtype), "name", "float32");
}

// The template's keys in its order, each with the old value or the default.
Json filled(const Json& keys, const Json& old) {
  Json result = Json::object();
  for (const auto& [key, value] : keys.items()) {
    const bool given = old.is_object() && old.contains(key);
    // Keras writes an activity regularizer only when there is one.
    if (key == "activity_regularizer" && get(old, key).is_null()) continue;
    if (given)
      result[key] = value == "float32" ? Json(plain_dtype(old.at(key))) : old.at(key);
    else if (value != "$")
      result[key] = default_value(value);
  }
  return result;
}

}  // namespace

Json fill_layer_template(const std::string& class_name, const Json& config, Notes& notes) {
  const std::optional<Json> keys = find(kLayers, class_name);
  if (!keys) return config;
  for (const auto& [key, value] : config.items())
    if (!keys->contains(key) && !value.is_null() && value != false && key != "trainable")
      add_note(notes, cat("Key \"", key, "\" of ", class_name, " layers is unknown to Keras 3 and was dropped."));
  return filled(*keys, config);
}

Json fill_initializer_template(const std::string& class_name, const Json& config) {
  const std::optional<Json> keys = find(kInitializers, class_name);
  return keys ? filled(*keys, config) : config;
}

Json fill_optimizer_template(const std::string& class_name, const Json& config) {
  const std::optional<Json> own = find(kOptimizers, class_name);
  Json keys = parse_json(kOptimizer, "optimizer");
  if (own)
    for (const auto& [key, value] : own->items()) keys[key] = value;
  Json result = filled(keys, config);
  // An optimizer that the table does not know keeps what it brought.
  if (!own)
    for (const auto& [key, value] : config.items()) result[key] = value;
  return result;
}

}  // namespace cornu::saving
