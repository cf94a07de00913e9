// AUC: counts at many thresholds are gathered by the graph; the area is computed from them on the host, in float32 as
// Keras does it.
#include <algorithm>
#include <cmath>

#include "cornu/core/error.h"
#include "cornu/ir/ops.h"
#include "cornu/metrics/confusion.h"
#include "cornu/metrics/confusion_metrics.h"

namespace cornu::metrics {
namespace {

float divide_no_nan(float a, float b) { return b == 0.0f ? 0.0f : a / b; }

// The four counts of one label, by threshold.
struct Counts {
  std::vector<float> tp, fp, tn, fn;
  std::size_t size() const { return tp.size(); }
};

// Davis and Goadrich: between two points of a precision-recall curve true and false positives grow together, so the
// curve is no straight line.
float interpolated_pr_area(const Counts& c) {
  float area = 0.0f;
  for (std::size_t i = 0; i + 1 < c.size(); ++i) {
    const float dtp = c.tp[i] - c.tp[i + 1];
    const float p0 = c.tp[i] + c.fp[i], p1 = c.tp[i + 1] + c.fp[i + 1];
    const float slope = divide_no_nan(dtp, std::max(p0 - p1, 0.0f));
    const float intercept = c.tp[i + 1] - slope * p1;
    const float ratio = p0 > 0.0f && p1 > 0.0f ? divide_no_nan(p0, std::max(p1, 0.0f)) : 1.0f;
    area += divide_no_nan(slope * (dtp + intercept * std::log(ratio)), std::max(c.tp[i + 1] + c.fn[i + 1], 0.0f));
  }
  return area;
}

// The point of the curve at threshold i.
std::pair<float, float> point(const Counts& c, std::size_t i, const std::string& curve) {
  const float recall = divide_no_nan(c.tp[i], c.tp[i] + c.fn[i]);
  if (curve == "ROC") return {divide_no_nan(c.fp[i], c.fp[i] + c.tn[i]), recall};
  if (curve == "PR") return {recall, divide_no_nan(c.tp[i], c.tp[i] + c.fp[i])};
  // Gains: precision and recall compared with those of always saying yes.
  if (c.tp[i] == 0.0f) return {0.0f, 1.0f};
  const float scale = divide_no_nan(c.tp[i] + c.fn[i], c.tn[i] + c.fp[i]);
  return {std::max(1.0f - scale * c.fn[i] / c.tp[i], 0.0f), 1.0f - scale * c.fp[i] / c.tp[i]};
}

float area(const Counts& c, const AUCOptions& o) {
  if (o.curve == "PR" && o.summation_method == "interpolation") return interpolated_pr_area(c);
  float sum = 0.0f;
  for (std::size_t i = 0; i + 1 < c.size(); ++i) {
    const auto [x0, y0] = point(c, i, o.curve);
    const auto [x1, y1] = point(c, i + 1, o.curve);
    float height = (y0 + y1) / 2.0f;
    if (o.summation_method == "minoring") height = std::min(y0, y1);
    if (o.summation_method == "majoring") height = std::max(y0, y1);
    sum += (x0 - x1) * height;
  }
  return sum;
}

struct AUCImpl final : WithOptions<MetricImpl, AUCOptions> {
  AUCImpl(AUCOptions o, ConfusionSettings s) : WithOptions("AUC", std::move(o)), settings(std::move(s)) {}

  std::string name() const override { return options().name; }
  std::int64_t labels() const { return options().multi_label ? *options().num_labels : 1; }

  std::vector<MetricState> state() const override {
    Shape shape{static_cast<std::int64_t>(settings.thresholds.size())};
    if (options().multi_label) shape.push_back(labels());
    return {{"true_positives", Tensor(shape)},
            {"false_positives", Tensor(shape)},
            {"true_negatives", Tensor(shape)},
            {"false_negatives", Tensor(shape)}};
  }

  std::vector<Value> update(const std::vector<Value>& state, Value y_true, Value y_pred, Value weight) const override {
    if (options().from_logits) y_pred = ops::sigmoid(y_pred);
    const ConfusionMatrix m = confusion_matrix(settings, y_true, y_pred, weight);
    return {state[0] + m.true_positives, state[1] + m.false_positives, state[2] + m.true_negatives,
            state[3] + m.false_negatives};
  }

  Tensor result(const std::vector<Tensor>& state) const override {
    const std::vector<Number>& weights = options().label_weights.numbers();
    float sum = 0.0f, total = 0.0f;
    for (std::int64_t label = 0; label < labels(); ++label) {
      Counts c;
      const auto take = [&](const Tensor& t, std::vector<float>& out) {
        for (std::int64_t i = label; i < t.size(); i += labels()) out.push_back(t.data<float>()[i]);
      };
      take(state[0], c.tp);
      take(state[1], c.fp);
      take(state[2], c.tn);
      take(state[3], c.fn);
      const bool weighted = options().multi_label && !weights.empty();
      const float w = weighted ? static_cast<float>(weights[static_cast<std::size_t>(label)]) : 1.0f;
      sum += w * area(c, options());
      total += w;
    }
    return Tensor::scalar(divide_no_nan(sum, total));
  }
  int direction() const override { return 1; }

  ConfusionSettings settings;
};

void check_word(const char* argument, const std::string& word, const std::vector<std::string>& known) {
  if (std::find(known.begin(), known.end(), word) == known.end())
    throw ValueError(cat("[AUC] ", argument, "\n  received: \"", word, "\"\n  expected: one of ", join(known, ", ")));
}

}  // namespace

Metric AUC(AUCOptions o) {
  std::transform(o.curve.begin(), o.curve.end(), o.curve.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  o.summation_method = lower(o.summation_method);
  check_word("curve", o.curve, {"ROC", "PR", "PRGAIN"});
  check_word("summation_method", o.summation_method, {"interpolation", "minoring", "majoring"});
  if (o.multi_label && !o.num_labels)
    throw ValueError(
        "[AUC] multi_label = true\n  received: no num_labels\n  expected: num_labels, since the state has a row for "
        "each");
  if (!o.multi_label && o.num_labels)
    throw ValueError("[AUC] num_labels\n  received: a number\n  expected: none, unless multi_label is true");
  if (o.multi_label && !o.label_weights.numbers().empty() &&
      static_cast<std::int64_t>(o.label_weights.numbers().size()) != *o.num_labels)
    throw ValueError(cat("[AUC] label_weights\n  received: ", o.label_weights.numbers().size(),
                         "\n  expected: ", *o.num_labels, ", one a label"));

  ConfusionSettings s;
  std::vector<float> inner;
  if (!o.thresholds.numbers().empty()) {
    inner = parse_thresholds(o.thresholds, 0.5, "AUC");
    std::sort(inner.begin(), inner.end());
    std::vector<float> with_ends = inner;
    with_ends.insert(with_ends.begin(), 0.0f);
    with_ends.push_back(1.0f);
    s.evenly = evenly_distributed(with_ends);
    o.num_thresholds = static_cast<std::int64_t>(with_ends.size());
  } else {
    if (o.num_thresholds < 2)
      throw ValueError(cat("[AUC] num_thresholds\n  received: ", o.num_thresholds, "\n  expected: an integer > 1"));
    for (std::int64_t i = 1; i + 1 < o.num_thresholds; ++i)
      inner.push_back(static_cast<float>(static_cast<double>(i) / static_cast<double>(o.num_thresholds - 1)));
    s.evenly = true;
  }
  // Ends just outside of [0, 1], so that nothing lies on them.
  s.thresholds.push_back(-1e-7f);
  s.thresholds.insert(s.thresholds.end(), inner.begin(), inner.end());
  s.thresholds.push_back(static_cast<float>(1.0 + 1e-7));
  s.with_epsilon = true;
  s.multi_label = o.multi_label;
  if (!o.multi_label)
    for (const Number& w : o.label_weights.numbers()) s.label_weights.push_back(static_cast<float>(w));
  return Metric(std::make_shared<AUCImpl>(std::move(o), std::move(s)));
}

}  // namespace cornu::metrics
