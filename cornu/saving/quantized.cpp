#include "cornu/saving/quantized.h"

#include <algorithm>

#include "cornu/core/error.h"
#include "cornu/saving/config_words.h"

namespace cornu::saving {
namespace {

// The dtype policy is one of Keras's quantized ones only by its class.
const Json& policy_of(const Json& config) { return get(config, "dtype"); }

bool is_int4(const std::string& mode) { return mode == "int4" || starts_with(mode, "int4/"); }

class Layer {
 public:
  Layer(Json& layer, LayerWeights& weights) : layer_(layer), weights_(weights) {}

  // Why it cannot be read; "" when it is done.
  std::string dequantize(const std::string& mode) {
    if (class_of(layer_) != "Dense" || (mode != "int8" && !is_int4(mode)))
      return cat("layer '", layer_name(layer_), "' of class ", class_of(layer_), ", quantized to ", mode);
    const Tensor* kernel = find("kernel");
    const Tensor* scale = find("kernel_scale");
    if (kernel == nullptr || scale == nullptr || kernel->dtype() != int8 || kernel->rank() != 2) return broken(mode);
    const std::int64_t units = scale->dim(-1 + scale->rank());
    const Tensor whole = is_int4(mode) ? unpacked(*kernel, units) : *kernel;
    if (whole.dim(1) != units) return broken(mode);
    const bool grouped = find("kernel_zero") != nullptr;
    std::optional<Tensor> restored = grouped ? by_groups(whole, *scale) : by_channels(whole, *scale);
    if (!restored) return broken(mode);
    finish(std::move(*restored), grouped);
    return "";
  }

 private:
  const Tensor* find(const std::string& name) const {
    for (const NamedTensor& w : weights_.weights)
      if (ends_with(w.name, "/" + name)) return &w.value;
    return nullptr;
  }
  std::string broken(const std::string& mode) const {
    return cat("layer '", layer_name(layer_), "', quantized to ", mode,
               ", whose weights are not those of such a layer");
  }
  // Two numbers of 4 bits a byte, the first one in the lower half.
  static Tensor unpacked(const Tensor& packed, std::int64_t units) {
    if (packed.dim(1) != (units + 1) / 2) return packed;
    Tensor out = Tensor::empty({packed.dim(0), units}, int8);
    for (std::int64_t i = 0; i < packed.dim(0); ++i)
      for (std::int64_t j = 0; j < units; ++j) {
        const auto byte = static_cast<std::uint8_t>(packed.data<std::int8_t>()[i * packed.dim(1) + j / 2]);
        const int nibble = (j % 2 == 0 ? byte : byte >> 4) & 15;
        out.mutable_data<std::int8_t>()[i * units + j] = static_cast<std::int8_t>(nibble < 8 ? nibble : nibble - 16);
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
  // Rows belong to groups, each with a scale and a zero of its own for every column.
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
  void finish(Tensor kernel, bool grouped) {
    Json& config = layer_["config"];
    const Json& how = get(config, "quantization_config");
    // Before 3.13 there was no choice: whoever had one scale a channel rounded the inputs, too.
    const Json& rounding = get(get(how, "config"), "activation_quantizer");
    const bool rounds = !grouped && (how.is_null() || !rounding.is_null());
    const Json& range = get(get(rounding, "config"), "value_range");
    const bool given = range.is_array() && range.size() == 2 && range[1].is_number_integer();
    const Json steps = given ? range[1] : Json(127);  // before the configuration that holds it goes
    const std::string source = get_text(get(policy_of(config), "config"), "source_name", "float32");
    config["dtype"] = dtype_policy(source);
    if (config.contains("quantization_config")) config["quantization_config"] = nullptr;
    if (rounds) layer_["cornu"] = Json{{"rounded_inputs", steps}};
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
                 "; its kernel is held as float32, with the same numbers. Where it rounds its inputs, Cornu does, "
                 "too; real Keras will not, in a file that Cornu writes."));
    not_trainable = "the model is quantized, and kernels of such a model are not trained";
  }
  if (!missing.empty())
    throw NotSupportedError(
        cat("the model is quantized in ways that Cornu does not read\n  received: ", join(missing, "\n            "),
            "\n  expected: Dense layers of int8 or int4\n  way out: save the model before quantize()"));
}

}  // namespace cornu::saving
