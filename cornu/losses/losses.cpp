// The classes: each binds its arguments to a function of functions.h.
#include "cornu/losses/losses.h"

#include "cornu/core/beside.h"
#include "cornu/core/error.h"
#include "cornu/ir/ops.h"
#include "cornu/losses/functions.h"
#include "cornu/losses/target_checks.h"

namespace cornu::losses {
namespace {

using Function = std::function<Value(Value, Value)>;
using Check = std::function<void(const ir::Type&, const ir::Type&)>;

template <class Options>
struct FunctionLoss : WithOptions<LossImpl, Options> {
  FunctionLoss(std::string name, Options o, Function f, Check c)
      : WithOptions<LossImpl, Options>(std::move(name), std::move(o)), function(std::move(f)), checker(std::move(c)) {}
  Value call(Value y_true, Value y_pred) const override { return function(y_true, y_pred); }
  std::string reduction() const override { return this->options().reduction; }
  void check(const ir::Type& y_true, const ir::Type& y_pred) const override { checker(y_true, y_pred); }
  Function function;
  Check checker;
};

template <class Options>
Loss make(const char* class_name, Options options, Function function, Check check = check_same_shape) {
  check_reduction(options.reduction);
  return Loss(
      std::make_shared<FunctionLoss<Options>>(class_name, std::move(options), std::move(function), std::move(check)));
}

// Losses whose targets are class numbers.
template <class Options>
struct ClassNumberLoss : FunctionLoss<Options> {
  using FunctionLoss<Options>::FunctionLoss;
  bool takes_class_numbers() const override { return true; }
};

struct SparseCrossentropy final : ClassNumberLoss<SparseCategoricalCrossentropyOptions> {
  using ClassNumberLoss::ClassNumberLoss;
  Value counts(Value y_true, Value y_pred) const override {
    if (!options().ignore_class) return {};
    const Value classes = ops::reshape(y_true, y_pred.shape().slice(0, y_pred.rank() - 1));
    return ops::not_equal(classes, static_cast<double>(*options().ignore_class));
  }
};

void check_smoothing(const char* class_name, double smoothing) {
  if (!(smoothing >= 0.0 && smoothing <= 1.0))
    throw ValueError(
        cat("[", class_name, "] label_smoothing\n  received: ", smoothing, "\n  expected: a number from 0 to 1"));
}

struct CustomOptions {
  std::string reduction, name;
  template <class F>
  void fields(F& f) {
    common_fields(f, name, reduction);
  }
};

}  // namespace

#define CORNU_PLAIN_LOSS(Class, function) \
  Loss Class(Class##Options options) { return make(#Class, std::move(options), function); }
CORNU_PLAIN_LOSS(MeanSquaredError, mean_squared_error)
CORNU_PLAIN_LOSS(MeanAbsoluteError, mean_absolute_error)
CORNU_PLAIN_LOSS(MeanAbsolutePercentageError, mean_absolute_percentage_error)
CORNU_PLAIN_LOSS(MeanSquaredLogarithmicError, mean_squared_logarithmic_error)
CORNU_PLAIN_LOSS(LogCosh, log_cosh)
CORNU_PLAIN_LOSS(Poisson, poisson)
CORNU_PLAIN_LOSS(KLDivergence, kl_divergence)
CORNU_PLAIN_LOSS(Hinge, hinge)
CORNU_PLAIN_LOSS(SquaredHinge, squared_hinge)
CORNU_PLAIN_LOSS(CategoricalHinge, categorical_hinge)
#undef CORNU_PLAIN_LOSS

Loss Huber(HuberOptions o) {
  return make("Huber", o, [o](Value t, Value p) { return huber(t, p, o.delta); });
}

Loss CosineSimilarity(CosineSimilarityOptions o) {
  return make("CosineSimilarity", o, [o](Value t, Value p) { return cosine_similarity(t, p, o.axis); });
}

Loss BinaryCrossentropy(BinaryCrossentropyOptions o) {
  check_smoothing("BinaryCrossentropy", o.label_smoothing);
  check_beside(o.cornu, {"epsilon_inside_log"}, "loss BinaryCrossentropy");
  const bool inside = beside(o.cornu, "epsilon_inside_log", false);
  return make(
      "BinaryCrossentropy", o,
      [o, inside](Value t, Value p) {
        return binary_crossentropy(t, p, o.from_logits, o.label_smoothing, o.axis, inside);
      },
      check_binary_targets);
}

Loss CategoricalCrossentropy(CategoricalCrossentropyOptions o) {
  check_smoothing("CategoricalCrossentropy", o.label_smoothing);
  return make(
      "CategoricalCrossentropy", o,
      [o](Value t, Value p) { return categorical_crossentropy(t, p, o.from_logits, o.label_smoothing, o.axis); },
      check_one_hot_targets);
}

Loss SparseCategoricalCrossentropy(SparseCategoricalCrossentropyOptions o) {
  check_reduction(o.reduction);
  return Loss(std::make_shared<SparseCrossentropy>(
      "SparseCategoricalCrossentropy", o,
      [o](Value t, Value p) { return sparse_categorical_crossentropy(t, p, o.from_logits, o.ignore_class, o.axis); },
      [o](const ir::Type& t, const ir::Type& p) { check_class_number_targets(t, p, o.axis); }));
}

Loss BinaryFocalCrossentropy(BinaryFocalCrossentropyOptions o) {
  check_smoothing("BinaryFocalCrossentropy", o.label_smoothing);
  return make(
      "BinaryFocalCrossentropy", o,
      [o](Value t, Value p) {
        return binary_focal_crossentropy(t, p, o.apply_class_balancing, o.alpha, o.gamma, o.from_logits,
                                         o.label_smoothing, o.axis);
      },
      check_binary_targets);
}

Loss CategoricalFocalCrossentropy(CategoricalFocalCrossentropyOptions o) {
  check_smoothing("CategoricalFocalCrossentropy", o.label_smoothing);
  return make(
      "CategoricalFocalCrossentropy", o,
      [o](Value t, Value p) {
        return categorical_focal_crossentropy(t, p, o.alpha, o.gamma, o.from_logits, o.label_smoothing, o.axis);
      },
      check_one_hot_targets);
}

Loss CategoricalGeneralizedCrossEntropy(CategoricalGeneralizedCrossEntropyOptions o) {
  if (!(o.q > 0.0 && o.q < 1.0))
    throw ValueError(
        cat("[CategoricalGeneralizedCrossEntropy] q\n  received: ", o.q, "\n  expected: a number between 0 and 1"));
  check_reduction(o.reduction);
  return Loss(std::make_shared<ClassNumberLoss<CategoricalGeneralizedCrossEntropyOptions>>(
      "CategoricalGeneralizedCrossEntropy", o,
      [o](Value t, Value p) { return categorical_generalized_cross_entropy(t, p, o.q); },
      [](const ir::Type& t, const ir::Type& p) { check_class_number_targets(t, p, -1); }));
}

Loss Dice(DiceOptions o) {
  return make("Dice", o, [o](Value t, Value p) { return dice(t, p, o.axis); });
}

Loss Tversky(TverskyOptions o) {
  return make("Tversky", o, [o](Value t, Value p) { return tversky(t, p, o.alpha, o.beta, o.axis); });
}

Loss custom(std::string name, Function function, std::string reduction) {
  const std::string class_name = name;
  return make(class_name.c_str(), CustomOptions{std::move(reduction), std::move(name)}, std::move(function),
              [](const ir::Type&, const ir::Type&) {});
}

}  // namespace cornu::losses
