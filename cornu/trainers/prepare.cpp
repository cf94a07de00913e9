// From what a user hands in to what a step takes, with every check that can be made before the first step.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "cornu/core/error.h"
#include "cornu/trainers/trainer.h"

namespace cornu {
namespace {

// The first NaN or infinity, or -1. Exponent bits all set means one of them; the test is on integers, so that it stays
// a plain vector loop.
std::int64_t first_not_finite(const Tensor& t) {
  if (t.dtype() == float32) {
    const char* data = static_cast<const char*>(t.raw());
    const auto bits_at = [data](std::int64_t i) {
      std::uint32_t bits;
      std::memcpy(&bits, data + static_cast<std::size_t>(i) * sizeof bits, sizeof bits);
      return bits & 0x7f800000u;
    };
    constexpr std::int64_t kBlock = 4096;
    for (std::int64_t begin = 0; begin < t.size(); begin += kBlock) {
      const std::int64_t end = std::min(t.size(), begin + kBlock);
      std::uint32_t largest = 0;
      for (std::int64_t i = begin; i < end; ++i) largest = std::max(largest, bits_at(i));
      if (largest < 0x7f800000u) continue;
      for (std::int64_t i = begin; i < end; ++i)
        if (bits_at(i) == 0x7f800000u) return i;
    }
    return -1;
  }
  if (is_floating(t.dtype()))
    for (std::int64_t i = 0; i < t.size(); ++i)
      if (!std::isfinite(t.at(i))) return i;
  return -1;
}

void check_finite(const Tensor& t, std::string_view what, const std::string& name) {
  const std::int64_t at = first_not_finite(t);
  if (at < 0) return;
  const std::int64_t per_sample = t.dim(0) == 0 ? 1 : std::max<std::int64_t>(1, t.size() / t.dim(0));
  throw ValueError(
      cat("[", what, "] ", name, " holds ", std::isnan(t.at(at)) ? "NaN" : "infinity", "\n  received: sample ",
          at / per_sample, ", element ", at % per_sample, " of shape ", t.shape(),
          "\n  expected: finite numbers; drop or fill such samples, since one of them ruins every weight"));
}

// Targets in a dtype that steps are fast with: labels as int32, float64 (what to_categorical gives) as float32.
Tensor plain_targets(const Tensor& y) {
  if (y.dtype() == float64) return y.astype(float32);
  if (y.dtype() == int64 || y.dtype() == uint32 || y.dtype() == uint64) {
    for (std::int64_t i = 0; i < y.size(); ++i)
      if (std::fabs(y.at(i)) > 2147483647.0) return y;
    return y.astype(int32);
  }
  if (is_integer(y.dtype())) return y.astype(int32);
  return y;
}

std::int64_t class_of(const Tensor& y, std::int64_t sample, std::int64_t width) {
  if (width == 1) return static_cast<std::int64_t>(std::lround(y.at(sample)));
  std::int64_t best = 0;
  for (std::int64_t k = 1; k < width; ++k)
    if (y.at(sample * width + k) > y.at(sample * width + best)) best = k;
  return best;
}

Tensor weights_of_classes(const Tensor& y, const std::map<std::int64_t, double>& class_weight) {
  if (y.rank() > 2)
    throw ValueError(cat("[fit] class_weight needs targets of rank 1 or 2\n  received: y of shape ", y.shape()));
  const std::int64_t n = y.dim(0);
  const std::int64_t width = y.rank() == 2 ? y.dim(1) : 1;
  std::vector<float> out(static_cast<std::size_t>(n), 1.0f);
  for (std::int64_t i = 0; i < n; ++i)
    if (const auto it = class_weight.find(class_of(y, i, width)); it != class_weight.end())
      out[static_cast<std::size_t>(i)] = static_cast<float>(it->second);
  return Tensor::from(out);
}

void check_input(const Tensor& x, const TensorSpec& spec, bool several, const std::string& model,
                 std::string_view what) {
  bool fits = x.rank() == spec.shape.rank();
  for (int i = 1; fits && i < x.rank(); ++i) fits = spec.shape[i] < 0 || spec.shape[i] == x.dim(i);
  if (fits) return;
  std::string way_out;
  std::int64_t size = 1;
  std::vector<std::string> dims = {"-1"};
  for (int i = 1; i < spec.shape.rank(); ++i) {
    size *= spec.shape[i];
    dims.push_back(std::to_string(spec.shape[i]));
  }
  if (x.rank() > 0 && x.dim(0) > 0 && size > 0 && x.size() / x.dim(0) == size)
    way_out = cat("\n  the same elements: x.reshape({", join(dims, ", "), "})");
  throw ValueError(cat("[", what, "] model \"", model, "\" received: x",
                       several ? cat(" for input \"", spec.name, "\"") : "", " of shape ", x.shape(),
                       "\n  expected: ", spec.shape, way_out));
}

// One tensor for each name, out of what the user gave. `kind` is "input", "target" or "sample weight".
std::vector<Tensor> arranged(const OneOrMany<Tensor>& given, const std::vector<std::string>& names,
                             const std::vector<std::string>& known, const std::string& kind, std::string_view what) {
  if (!given.is_dict()) {
    if (given.size() != names.size())
      throw ValueError(cat("[", what, "] received: ", given.size(), " ", kind, given.size() == 1 ? "" : "s",
                           "\n  expected: ", names.size(), names.size() > 1 ? cat(", for ", join(names, ", ")) : ""));
    return given.values();
  }
  for (const std::string& name : given.names())
    if (std::find(known.begin(), known.end(), name) == known.end())
      throw ValueError(
          cat("[", what, "] received: a ", kind, " named \"", name, "\"\n  the names are: ", join(known, ", ")));
  std::vector<Tensor> out;
  for (const std::string& name : names) {
    const Tensor* value = given.find(name);
    if (!value)
      throw ValueError(cat("[", what, "] received: no ", kind, " named \"", name, "\"\n  expected: one for each of ",
                           join(names, ", ")));
    out.push_back(*value);
  }
  return out;
}

// Weights of samples for each of the targets. One array is for all; a dict may leave targets out, which then count 1.
std::vector<Tensor> arranged_weights(const OneOrMany<Tensor>& given, const std::vector<std::string>& names,
                                     const std::vector<std::string>& known, std::int64_t n, std::string_view what) {
  if (!given) return {};
  std::vector<Tensor> list;
  if (given.is_one() || (given.is_list() && given.size() == 1)) {
    list.assign(names.size(), given.values()[0]);
  } else {
    OneOrMany<Tensor> all = given;
    if (given.is_dict())
      for (const std::string& name : names)
        if (!all.find(name)) all.add(name, Tensor::full({n}, 1.0));
    list = arranged(all, names, known, "sample weight", what);
  }
  for (Tensor& weight : list) {
    if (weight.shape() != Shape{n})
      throw ValueError(
          cat("[", what, "] received: sample_weight of shape ", weight.shape(), "\n  expected: ", Shape{n}));
    check_finite(weight, what, "sample_weight");
    weight = weight.astype(float32);
  }
  return list;
}

std::vector<std::string> names_of(const std::vector<TensorSpec>& specs) {
  std::vector<std::string> out;
  for (const TensorSpec& spec : specs) out.push_back(spec.name);
  return out;
}

}  // namespace

DataArrays Trainer::prepare(const OneOrMany<Tensor>& x, const OneOrMany<Tensor>& y,
                            const OneOrMany<Tensor>& sample_weight, const std::map<std::int64_t, double>& class_weight,
                            std::string_view what) {
  if (x.size() == 0) throw ValueError(cat("[", what, "] received: no input"));
  if (!network().built()) {
    const Shape& shape = x.values()[0].shape();
    if (shape.rank() < 1)
      throw ValueError(cat("[", what, "] received: x of shape ", shape, "\n  expected: a batch axis"));
    network().ensure_built(shape.slice(1, shape.rank()).with_batch(Shape::kNone));
  }
  const std::vector<TensorSpec> specs = network().inputs();
  DataArrays data{arranged(x, names_of(specs), names_of(specs), "input", what), {}, {}};
  for (std::size_t i = 0; i < specs.size(); ++i)
    check_input(data.x[i], specs[i], specs.size() > 1, network_.name(), what);
  const std::int64_t n = data.samples();
  if (n == 0)
    throw ValueError(
        cat("[", what, "] received: no samples (x of shape ", data.x[0].shape(), ")\n  expected: at least one"));
  std::vector<std::string> targets;
  if (y) {
    for (const OutputPlan& output : outputs().outputs)
      if (output.needs_target()) targets.push_back(output.name);
    // A list may also hold something for outputs that are not trained.
    const std::vector<std::string> all = names_of(network().outputs());
    const bool whole = !y.is_dict() && y.size() == all.size();
    const std::vector<Tensor> given = arranged(y, whole ? all : targets, all, "target", what);
    for (std::size_t o = 0, t = 0; o < all.size(); ++o)
      if (outputs().outputs[o].needs_target()) data.y.push_back(plain_targets(given[whole ? o : t++]));
  }
  for (const auto* list : {&data.x, &data.y})
    for (const Tensor& t : *list)
      if (t.rank() == 0 || t.dim(0) != n)
        throw ValueError(cat("[", what, "] received: x with ", n, " samples and ", list == &data.x ? "x" : "y",
                             " of shape ", t.shape(), "\n  expected: as many rows in each"));
  // A judgment of NaN is NaN, as in Keras; training on it would ruin the weights.
  if (y)
    for (const Tensor& t : data.x) check_finite(t, what, "x");
  for (const Tensor& t : data.y) check_finite(t, what, "y");
  if (sample_weight && !class_weight.empty())
    throw ValueError(cat("[", what, "] received: sample_weight and class_weight\n  expected: at most one of them"));
  data.sample_weight = arranged_weights(sample_weight, targets, names_of(network().outputs()), n, what);
  if (!class_weight.empty() && !data.y.empty()) {
    if (data.y.size() > 1)
      throw ValueError(cat("[", what, "] received: class_weight for ", data.y.size(),
                           " outputs\n  expected: one output; or sample_weight by the outputs' names"));
    data.sample_weight.push_back(weights_of_classes(data.y[0], class_weight));
  }
  return data;
}

}  // namespace cornu
