#include "cornu/saving/quantized.h"

#include <algorithm>

#include "cornu/core/error.h"
#include "cornu/saving/config_words.h"

namespace cornu::saving {
namespace {

// The dtype policy is one of Keras's quantized ones only by its class.
const Json& policy_of(const Json& config) { return get(config, "dtype"); }

bool is_int4(const std::string& mode) { return mode == "int4" || starts_with(mode, "int4/"); }
// By the error that rounding makes in what comes out: GPTQ and AWQ.
bool is_by_error(const std::string& mode) { return starts_with(mode, "gptq") || starts_with(mode, "awq"); }

const Tensor* find_weight(const LayerWeights& weights, const std::string& name) {
  for (const NamedTensor& w : weights.weights)
    if (ends_with(w.name, "/" + name)) return &w.value;
  return nullptr;
}

// The kernel that stands for the integers of a file, as float32.
class Kernel {
 public:
  Kernel(const LayerWeights& weights, std::string mode) : weights_(weights), mode_(std::move(mode)) {}

  // Nothing when the weights are not those of such a layer.
  std::optional<Tensor> restored() const {
    const Tensor *kernel = find("kernel"), *scale = find("kernel_scale");
    if (kernel == nullptr || scale == nullptr || kernel->rank() != 2 || scale->rank() < 1) return std::nullopt;
    if (is_by_error(mode_)) return by_error(*kernel, *scale);
    if (kernel->dtype() != int8) return std::nullopt;
    const std::int64_t units = scale->dim(scale->rank() - 1);
    const bool packed = is_int4(mode_) && kernel->dim(1) == (units + 1) / 2;
    const Tensor whole = packed ? unpacked(*kernel, 1, units) : *kernel;
    if (whole.dim(1) != units) return std::nullopt;
    return grouped() ? by_groups(whole, *scale) : by_channels(whole, *scale);
  }
  // Rows belong to groups, each with a scale and a zero of its own for every column.
  bool grouped() const { return find("kernel_zero") != nullptr; }

 private:
  const Tensor* find(const std::string& name) const { return find_weight(weights_, name); }

  // Two numbers of 4 bits a byte along `axis`, the first one in the lower half; signed if the bytes are.
  static Tensor unpacked(const Tensor& packed, std::int64_t axis, std::int64_t length) {
    Shape shape = packed.shape();
    shape[axis] = length;
    Tensor out = Tensor::empty(shape, packed.dtype());
    const auto* from = static_cast<const std::uint8_t*>(packed.raw());
    auto* to = static_cast<std::uint8_t*>(out.mutable_raw());
    for (std::int64_t i = 0; i < shape[0]; ++i)
      for (std::int64_t j = 0; j < shape[1]; ++j) {
        const std::int64_t at = axis == 0 ? i : j;
        const std::uint8_t byte = axis == 0 ? from[i / 2 * shape[1] + j] : from[i * packed.dim(1) + j / 2];
        const int nibble = (at % 2 == 0 ? byte : byte >> 4) & 15;
        to[i * shape[1] + j] = static_cast<std::uint8_t>(packed.dtype() == int8 && nibble > 7 ? nibble - 16 : nibble);
      }
    return out;
  }
  static std::optional<Tensor> by_channels(const Tensor& q, const Tensor& scale) {
    if (scale.size() != q.dim(1)) return std::nullopt;
    Tensor out = Tensor::empty(q.shape(), float32);
    for (std::int64_t i = 0; i < q.size(); ++i)
      out.mutable_data<float>()[i] = static_cast<float>(q.at(i)) / static_cast<float>(scale.at(i % q.dim(1)));
    return out;
  }
  std::optional<Tensor> by_groups(const Tensor& q, const Tensor& scale) const {
    const Tensor *zero = find("kernel_zero"), *group = find("g_idx");
    if (group == nullptr || group->size() != q.dim(0) || scale.rank() != 2 || zero->shape() != scale.shape())
      return std::nullopt;
    Tensor out = Tensor::empty(q.shape(), float32);
    for (std::int64_t i = 0; i < q.size(); ++i) {
      const auto g = static_cast<std::int64_t>(group->at(i / q.dim(1)));
      if (g < 0 || g >= scale.dim(0)) return std::nullopt;
      const std::int64_t at = g * scale.dim(1) + i % q.dim(1);
      out.mutable_data<float>()[i] = static_cast<float>(q.at(i) - zero->at(at)) * static_cast<float>(scale.at(at));
    }
    return out;
  }
  // GPTQ and AWQ hold units x inputs, unsigned; AWQ divides each input by a scale of its own.
  std::optional<Tensor> by_error(const Tensor& kernel, const Tensor& scale) const {
    const Tensor *zero = find("kernel_zero"), *group = find("g_idx"), *awq = find("awq_scales");
    if (kernel.dtype() != uint8 || scale.rank() != 2 || zero == nullptr || zero->shape() != scale.shape() ||
        group == nullptr || group->size() != kernel.dim(1) || (starts_with(mode_, "awq") && awq == nullptr) ||
        (awq != nullptr && awq->size() != kernel.dim(1)))
      return std::nullopt;
    const std::int64_t units = scale.dim(0), groups = scale.dim(1), inputs = kernel.dim(1);
    const bool packed = kernel.dim(0) == (units + 1) / 2 && units > 1;
    if (!packed && kernel.dim(0) != units) return std::nullopt;
    const Tensor q = packed ? unpacked(kernel, 0, units) : kernel;
    Tensor out = Tensor::empty({inputs, units}, float32);
    for (std::int64_t i = 0; i < inputs; ++i) {
      const auto g = static_cast<std::int64_t>(group->at(i));
      if (g < 0 || g >= groups) return std::nullopt;
      for (std::int64_t u = 0; u < units; ++u) {
        const std::int64_t at = u * groups + g;
        const float value = static_cast<float>(q.at(u * inputs + i) - zero->at(at)) * static_cast<float>(scale.at(at));
        out.mutable_data<float>()[i * units + u] = awq == nullptr ? value : value / static_cast<float>(awq->at(i));
      }
    }
    return out;
  }

  const LayerWeights& weights_;
  std::string mode_;
};

class Layer {
 public:
  Layer(Json& layer, LayerWeights& weights) : layer_(layer), weights_(weights) {}

  // Why it cannot be read; "" when it is done.
  std::string dequantize(const std::string& mode) {
    if (class_of(layer_) != "Dense" || (mode != "int8" && mode != "float8" && !is_int4(mode) && !is_by_error(mode)))
      return cat("layer '", layer_name(layer_), "' of class ", class_of(layer_), ", quantized to ", mode);
    if (mode == "float8") return keep_scales() ? "" : broken(mode);
    const Kernel kernel(weights_, mode);
    std::optional<Tensor> restored = kernel.restored();
    if (!restored) return broken(mode);
    finish(std::move(*restored), kernel.grouped());
    return "";
  }

 private:
  std::string broken(const std::string& mode) const {
    return cat("layer '", layer_name(layer_), "', quantized to ", mode, ", whose weights are not those of such a layer",
               is_by_error(mode)
                   ? " (Keras 3.13 to 3.15 leave the zeros of groups out, and cannot open the file either)"
                   : "");
  }
  // The kernel of float8 is whole: inputs and kernel are rounded when they meet.
  bool keep_scales() {
    Json scales = Json::array();
    for (const char* name : {"inputs_scale", "kernel_scale"}) {
      const Tensor* scale = find_weight(weights_, name);
      if (scale == nullptr || scale->size() != 1) return false;
      scales.push_back(scale->at(0));
    }
    const Tensor* kernel = find_weight(weights_, "kernel");
    if (kernel == nullptr) return false;
    keep(*kernel);
    layer_["cornu"] = Json{{"float8_scales", std::move(scales)}};
    return true;
  }
  void finish(Tensor kernel, bool grouped) {
    Json& config = layer_["config"];
    const Json& how = get(config, "quantization_config");
    // Before 3.13 there was no choice: whoever had one scale a channel rounded the inputs, too.
    const Json& rounding = get(get(how, "config"), "activation_quantizer");
    const bool rounds = !grouped && (how.is_null() || !rounding.is_null());
    const Json& range = get(get(rounding, "config"), "value_range");
    const bool given = range.is_array() && range.size() == 2 && range[1].is_number_integer();
    const Json steps = given ? range[1] : Json(127);  // before the configuration that holds it goes
    keep(kernel);
    if (rounds) layer_["cornu"] = Json{{"rounded_inputs", steps}};
  }
  // The layer is an ordinary one from now on.
  void keep(const Tensor& kernel) {
    Json& config = layer_["config"];
    config["dtype"] = dtype_policy(get_text(get(policy_of(config), "config"), "source_name", "float32"));
    if (config.contains("quantization_config")) config["quantization_config"] = nullptr;
    std::vector<NamedTensor> kept;
    for (NamedTensor& w : weights_.weights) {
      if (ends_with(w.name, "/kernel")) kept.insert(kept.begin(), {w.name, kernel});
      if (ends_with(w.name, "/bias")) kept.push_back(std::move(w));
    }
    weights_.weights = std::move(kept);
  }

  Json& layer_;
  LayerWeights& weights_;
};

// Whether something deeper than the model's own layers is quantized.
bool quantized_inside(const Json& layer) {
  if (layer.is_object() && layer.contains("config") && !quantization_of(layer["config"]).empty()) return true;
  if (layer.is_structured())
    for (const Json& item : layer)
      if (quantized_inside(item)) return true;
  return false;
}

void forget_lora(Json& layer, Notes& notes, std::string& not_trainable) {
  Json& config = layer["config"];
  if (!config.is_object() || !config.contains("lora_rank")) return;
  config.erase("lora_rank");
  config.erase("lora_alpha");
  add_note(notes, cat("Layer '", layer_name(layer), "' was trained by LoRA; its kernel in the file holds the result."));
  not_trainable = "the model is trained by LoRA, which Cornu does not have: its kernels themselves would be trained";
}

}  // namespace

std::string quantization_of(const Json& config) {
  const Json& policy = policy_of(config);
  const std::string name = policy.is_object() ? class_of(policy) : "";
  const bool quantized = (starts_with(name, "Quantized") || name == "Int4DTypePolicy" || name == "GPTQDTypePolicy" ||
                          name == "AWQDTypePolicy") &&
                         ends_with(name, "DTypePolicy");
  return quantized ? get_text(get(policy, "config"), "mode", "?") : "";
}

std::string quantized_variables(const std::string& mode, bool has_block) {
  if (mode == "int8" || (is_int4(mode) && !has_block)) return "kernel bias?use_bias kernel_scale";
  if (is_int4(mode)) return "kernel bias?use_bias kernel_scale kernel_zero g_idx";
  if (mode == "float8")
    return "kernel bias?use_bias inputs_scale inputs_amax_history kernel_scale kernel_amax_history outputs_grad_scale "
           "outputs_grad_amax_history";
  if (starts_with(mode, "gptq")) return "bias?use_bias kernel kernel_scale kernel_zero g_idx";
  if (starts_with(mode, "awq")) return "bias?use_bias kernel kernel_scale kernel_zero awq_scales g_idx";
  return "kernel bias?use_bias";
}

void dequantize(Json& architecture, std::vector<LayerWeights>& weights, Notes& notes, std::string& not_trainable) {
  if (!config_of(architecture).is_object() || !architecture["config"].contains("layers")) return;
  std::vector<std::string> missing;
  for (Json& layer : architecture["config"]["layers"]) {
    if (!layer.is_object() || !layer.contains("config")) continue;
    forget_lora(layer, notes, not_trainable);
    const std::string mode = quantization_of(layer["config"]);
    if (mode.empty()) {
      if (quantized_inside(layer)) missing.push_back(cat("layers inside of '", layer_name(layer), "', quantized"));
      continue;
    }
    const auto group = std::find_if(weights.begin(), weights.end(),
                                    [&](const LayerWeights& w) { return w.layer == layer_name(layer); });
    if (group == weights.end()) continue;
    if (const std::string why = Layer(layer, *group).dequantize(mode); !why.empty()) {
      missing.push_back(why);
      continue;
    }
    add_note(notes,
             cat("Layer '", layer_name(layer), "' is quantized to ", mode,
                 "; its kernel is held as float32, with the same numbers. Where it rounds its inputs (and, float8, its "
                 "kernel), Cornu does, too; real Keras will not, in a file that Cornu writes."));
    not_trainable = "the model is quantized, and kernels of such a model are not trained";
  }
  if (!missing.empty())
    throw NotSupportedError(cat(
        "the model is quantized in ways that Cornu does not read\n  received: ", join(missing, "\n            "),
        "\n  expected: Dense layers of int8, int4, float8, gptq or awq\n  way out: save the model before quantize()"));
}

}  // namespace cornu::saving
