// Keras's losses: losses::CategoricalCrossentropy({.label_smoothing = 0.1}). Formulas: functions.h.
//
// A new loss takes a function in functions.h, an options struct and a maker here and in losses.cpp, and a line in
// registry.cpp. A loss of your own needs none of these: derive from LossImpl, or hand a function to losses::custom().
#pragma once

#include <functional>

#include "cornu/core/fields.h"
#include "cornu/losses/loss.h"

namespace cornu::losses {

// What every loss takes, at the end of its arguments.
#define CORNU_LOSS_ARGUMENTS(default_name)       \
  std::string reduction = "sum_over_batch_size"; \
  std::string name = default_name
// What every loss writes, at the start of its configuration.
template <class F>
void common_fields(F& f, std::string& name, std::string& reduction) {
  f("name", name);
  f.text_or_none("reduction", reduction, "none");
  f.dtype_unwritten();
}
// A loss without arguments of its own.
#define CORNU_PLAIN_LOSS(Class, default_name) \
  struct Class##Options {                     \
    CORNU_LOSS_ARGUMENTS(default_name);       \
    template <class F>                        \
    void fields(F& f) {                       \
      common_fields(f, name, reduction);      \
    }                                         \
  };                                          \
  Loss Class(Class##Options options = {})

CORNU_PLAIN_LOSS(MeanSquaredError, "mean_squared_error");
CORNU_PLAIN_LOSS(MeanAbsoluteError, "mean_absolute_error");
CORNU_PLAIN_LOSS(MeanAbsolutePercentageError, "mean_absolute_percentage_error");
CORNU_PLAIN_LOSS(MeanSquaredLogarithmicError, "mean_squared_logarithmic_error");
CORNU_PLAIN_LOSS(LogCosh, "log_cosh");
CORNU_PLAIN_LOSS(Poisson, "poisson");
CORNU_PLAIN_LOSS(KLDivergence, "kl_divergence");
CORNU_PLAIN_LOSS(Hinge, "hinge");
CORNU_PLAIN_LOSS(SquaredHinge, "squared_hinge");
CORNU_PLAIN_LOSS(CategoricalHinge, "categorical_hinge");

struct HuberOptions {
  Number delta = 1.0;
  CORNU_LOSS_ARGUMENTS("huber_loss");
  template <class F>
  void fields(F& f) {
    common_fields(f, name, reduction);
    f.forgotten("delta", delta, 1.0);
  }
};
Loss Huber(HuberOptions options = {});

struct CosineSimilarityOptions {
  int axis = -1;
  CORNU_LOSS_ARGUMENTS("cosine_similarity");
  template <class F>
  void fields(F& f) {
    common_fields(f, name, reduction);
    f.forgotten("axis", axis, -1);
  }
};
Loss CosineSimilarity(CosineSimilarityOptions options = {});

// Targets and predictions of one shape, probabilities of independent events.
struct BinaryCrossentropyOptions {
  bool from_logits = false;
  Number label_smoothing = 0.0;
  int axis = -1;
  CORNU_LOSS_ARGUMENTS("binary_crossentropy");
  // {"epsilon_inside_log": true}: log(p + 1e-7) of the clipped p, as Keras 2 inside of TensorFlow (core/beside.h).
  Json cornu = nullptr;
  template <class F>
  void fields(F& f) {
    common_fields(f, name, reduction);
    f("from_logits", from_logits);
    f("label_smoothing", label_smoothing);
    f("axis", axis);
    f.forgotten("cornu", cornu, nullptr);
  }
};
Loss BinaryCrossentropy(BinaryCrossentropyOptions options = {});

// Targets: one column a class. Throws ValueError for class numbers: those are SparseCategoricalCrossentropy's.
struct CategoricalCrossentropyOptions {
  bool from_logits = false;
  Number label_smoothing = 0.0;
  int axis = -1;
  CORNU_LOSS_ARGUMENTS("categorical_crossentropy");
  template <class F>
  void fields(F& f) {
    common_fields(f, name, reduction);
    f("from_logits", from_logits);
    f("label_smoothing", label_smoothing);
    f("axis", axis);
  }
};
Loss CategoricalCrossentropy(CategoricalCrossentropyOptions options = {});

// Targets: class numbers. Samples of `ignore_class` cost nothing and do not count. Only the last axis can be the
// classes'.
struct SparseCategoricalCrossentropyOptions {
  bool from_logits = false;
  std::optional<std::int64_t> ignore_class = {};
  std::string reduction = "sum_over_batch_size";
  int axis = -1;
  std::string name = "sparse_categorical_crossentropy";
  template <class F>
  void fields(F& f) {
    common_fields(f, name, reduction);
    f("from_logits", from_logits);
    f("ignore_class", ignore_class);
    f.forgotten("axis", axis, -1);
  }
};
Loss SparseCategoricalCrossentropy(SparseCategoricalCrossentropyOptions options = {});

struct BinaryFocalCrossentropyOptions {
  bool apply_class_balancing = false;
  Number alpha = 0.25;
  Number gamma = 2.0;
  bool from_logits = false;
  Number label_smoothing = 0.0;
  int axis = -1;
  CORNU_LOSS_ARGUMENTS("binary_focal_crossentropy");
  template <class F>
  void fields(F& f) {
    common_fields(f, name, reduction);
    f("from_logits", from_logits);
    f("label_smoothing", label_smoothing);
    f("axis", axis);
    f("apply_class_balancing", apply_class_balancing);
    f("alpha", alpha);
    f("gamma", gamma);
  }
};
Loss BinaryFocalCrossentropy(BinaryFocalCrossentropyOptions options = {});

struct CategoricalFocalCrossentropyOptions {
  Number alpha = 0.25;
  Number gamma = 2.0;
  bool from_logits = false;
  Number label_smoothing = 0.0;
  int axis = -1;
  CORNU_LOSS_ARGUMENTS("categorical_focal_crossentropy");
  template <class F>
  void fields(F& f) {
    common_fields(f, name, reduction);
    f("from_logits", from_logits);
    f("label_smoothing", label_smoothing);
    f("axis", axis);
    f("alpha", alpha);
    f("gamma", gamma);
  }
};
Loss CategoricalFocalCrossentropy(CategoricalFocalCrossentropyOptions options = {});

// Targets: class numbers. q in (0, 1): near 0 it is the cross-entropy, near 1 the mean absolute error.
struct CategoricalGeneralizedCrossEntropyOptions {
  Number q = 0.5;
  CORNU_LOSS_ARGUMENTS("categorical_generalized_cross_entropy");
  template <class F>
  void fields(F& f) {
    common_fields(f, name, reduction);
    f("q", q);
  }
};
Loss CategoricalGeneralizedCrossEntropy(CategoricalGeneralizedCrossEntropyOptions options = {});

struct DiceOptions {
  std::string reduction = "sum_over_batch_size";
  std::string name = "dice";
  AxisList axis = {};
  template <class F>
  void fields(F& f) {
    common_fields(f, name, reduction);
    f("axis", axis);
  }
};
Loss Dice(DiceOptions options = {});

struct TverskyOptions {
  Number alpha = 0.5;
  Number beta = 0.5;
  std::string reduction = "sum_over_batch_size";
  std::string name = "tversky";
  AxisList axis = {};
  template <class F>
  void fields(F& f) {
    common_fields(f, name, reduction);
    f("alpha", alpha);
    f("beta", beta);
    f("axis", axis);
  }
};
Loss Tversky(TverskyOptions options = {});

// Your own, without a class: one value a sample. To have it in files, register a maker under `name` before loading:
//   losses::registry().add("my_loss", {}, [](const Json&) { return losses::custom("my_loss", my_function); });
Loss custom(std::string name, std::function<Value(Value y_true, Value y_pred)> function,
            std::string reduction = "sum_over_batch_size");

#undef CORNU_PLAIN_LOSS
#undef CORNU_LOSS_ARGUMENTS

}  // namespace cornu::losses
