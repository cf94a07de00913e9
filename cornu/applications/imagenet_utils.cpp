#include "cornu/applications/imagenet_utils.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <numeric>
#include <sstream>

#include "cornu/core/error.h"
#include "cornu/core/json.h"

namespace cornu::applications::imagenet_utils {
namespace {

constexpr std::size_t kClasses = 1000;
constexpr const char* kClassIndex =
    "https://storage.googleapis.com/download.tensorflow.org/data/imagenet_class_index.json";

using Channels = std::array<double, 3>;
constexpr Channels kBgrMean{103.939, 116.779, 123.68};
constexpr Channels kRgbMean{0.485, 0.456, 0.406};
constexpr Channels kRgbDeviation{0.229, 0.224, 0.225};

// What happens to a pixel's channel: out[c] = (in[from[c]] / divisor - mean[c]) / deviation[c].
struct Plan {
  std::array<std::size_t, 3> from;
  double divisor;
  Channels mean, deviation;
};

template <class T>
Tensor apply(const Tensor& x, const Plan& plan, bool channels_first) {
  Tensor out = Tensor::empty(x.shape(), x.dtype());
  const T* in = x.data<T>();
  T* target = out.mutable_data<T>();
  // One picture, or one pixel, at a time: `step` apart are the channels of a pixel.
  const std::size_t step = channels_first ? static_cast<std::size_t>(x.dim(-1) * x.dim(-2)) : 1;
  const std::size_t groups = step == 0 ? 0 : static_cast<std::size_t>(x.size()) / (3 * step);
  for (std::size_t g = 0; g < groups; ++g)
    for (std::size_t c = 0; c < 3; ++c)
      for (std::size_t i = 0; i < step; ++i) {
        const T value = in[(g * 3 + plan.from[c]) * step + i] / static_cast<T>(plan.divisor);
        target[(g * 3 + c) * step + i] = (value - static_cast<T>(plan.mean[c])) / static_cast<T>(plan.deviation[c]);
      }
  return out;
}

std::string default_class_index() {
  if (const char* home = std::getenv("KERAS_HOME")) return cat(home, "/models/imagenet_class_index.json");
  const char* home = std::getenv("HOME");
  return cat(home ? home : "~", "/.keras/models/imagenet_class_index.json");
}

using ClassNames = std::vector<std::pair<std::string, std::string>>;

// {"0": ["n01440764", "tench"], ...}
ClassNames read_class_index(const std::string& path) {
  std::ifstream file(path);
  if (!file)
    throw FileError(cat("[decode_predictions] cannot read '", path,
                        "'.\n  expected: the names of ImageNet's classes, which this library does not download\n"
                        "  way out: fetch ",
                        kClassIndex, " to there, or give its path as class_index"));
  std::ostringstream text;
  text << file.rdbuf();
  const auto damaged = [&](const std::string& what) {
    throw FileError(cat("[decode_predictions] cannot use '", path, "'.\n  received: ", what,
                        "\n  expected: {\"0\": [\"n01440764\", \"tench\"], ..., \"999\": [...]}"));
  };
  ClassNames out;
  try {
    const Json index = parse_json(text.str(), path);
    for (std::size_t i = 0; i < kClasses; ++i) {
      const std::string key = std::to_string(i);
      if (!index.is_object() || !index.contains(key)) damaged(cat("no class ", key));
      const Json& entry = index[key];
      if (!entry.is_array() || entry.size() != 2 || !entry[0].is_string() || !entry[1].is_string())
        damaged(cat("class ", key, ": ", dump_json(entry)));
      out.emplace_back(entry[0].get<std::string>(), entry[1].get<std::string>());
    }
  } catch (const ValueError& error) {
    damaged(error.what());
  }
  return out;
}

}  // namespace

Tensor preprocess_input(const Tensor& x, const std::string& data_format, const std::string& mode) {
  const auto fail = [](const std::string& received, const std::string& expected) {
    throw ValueError(cat("[preprocess_input] received: ", received, "\n  expected: ", expected));
  };
  if (data_format != "channels_last" && data_format != "channels_first")
    fail(cat("data_format=\"", data_format, "\""), "\"channels_last\" or \"channels_first\"");
  if (mode != "caffe" && mode != "tf" && mode != "torch")
    fail(cat("mode=\"", mode, "\""), "\"caffe\", \"tf\" or \"torch\"");
  const Tensor pixels = is_floating(x.dtype()) ? x : x.astype(float32);
  if (mode == "tf") return pixels / 127.5 - 1.0;
  const bool first = data_format == "channels_first";
  if ((x.rank() != 3 && x.rank() != 4) || x.dim(first ? -3 : -1) != 3)
    fail(cat("pictures of shape ", x.shape(), " (", data_format, ")"), "one picture or a batch, with three channels");
  const Plan plan =
      mode == "caffe" ? Plan{{2, 1, 0}, 1.0, kBgrMean, {1, 1, 1}} : Plan{{0, 1, 2}, 255.0, kRgbMean, kRgbDeviation};
  if (pixels.dtype() == float64) return apply<double>(pixels, plan, first);
  return apply<float>(pixels.astype(float32), plan, first).astype(pixels.dtype());
}

std::vector<std::vector<Prediction>> decode_predictions(const Tensor& preds, std::size_t top,
                                                        const std::string& class_index) {
  if (preds.rank() != 2 || preds.dim(1) != static_cast<std::int64_t>(kClasses))
    throw ValueError(cat("[decode_predictions] received: shape ", preds.shape(),
                         "\n  expected: (samples, 1000), predictions for ImageNet's classes"));
  const ClassNames names = read_class_index(class_index.empty() ? default_class_index() : class_index);
  std::vector<std::vector<Prediction>> out;
  for (std::int64_t row = 0; row < preds.dim(0); ++row) {
    const auto score = [&](std::size_t c) { return preds.at(row * preds.dim(1) + static_cast<std::int64_t>(c)); };
    std::vector<std::size_t> order(kClasses);
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return score(a) > score(b); });
    order.resize(std::min(top, kClasses));
    std::vector<Prediction>& best = out.emplace_back();
    for (const std::size_t c : order) best.push_back({names[c].first, names[c].second, score(c)});
  }
  return out;
}

}  // namespace cornu::applications::imagenet_utils
