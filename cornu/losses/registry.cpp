// The losses by name: class name, then the function's name and Keras's short forms.
#include "cornu/core/beside.h"
#include "cornu/losses/losses.h"

namespace cornu::losses {

Registry<Loss>& registry() {
  static Registry<Loss> table = [] {
    Registry<Loss> r("loss", "keras.losses");
    r.add("MeanSquaredError", {"mean_squared_error", "mse", "MSE"},
          from_fields(MeanSquaredError, "loss MeanSquaredError"));
    r.add("MeanAbsoluteError", {"mean_absolute_error", "mae", "MAE"},
          from_fields(MeanAbsoluteError, "loss MeanAbsoluteError"));
    r.add("MeanAbsolutePercentageError", {"mean_absolute_percentage_error", "mape", "MAPE"},
          from_fields(MeanAbsolutePercentageError, "loss MeanAbsolutePercentageError"));
    r.add("MeanSquaredLogarithmicError", {"mean_squared_logarithmic_error", "msle", "MSLE"},
          from_fields(MeanSquaredLogarithmicError, "loss MeanSquaredLogarithmicError"));
    r.add("LogCosh", {"log_cosh"}, from_fields(LogCosh, "loss LogCosh"));
    r.add("Huber", {"huber"}, from_fields(Huber, "loss Huber"));
    r.add("CosineSimilarity", {"cosine_similarity"}, from_fields(CosineSimilarity, "loss CosineSimilarity"));
    r.add("Poisson", {"poisson"}, from_fields(Poisson, "loss Poisson"));
    r.add("KLDivergence", {"kl_divergence", "kld", "KLD"}, from_fields(KLDivergence, "loss KLDivergence"));
    r.add("Hinge", {"hinge"}, from_fields(Hinge, "loss Hinge"));
    r.add("SquaredHinge", {"squared_hinge"}, from_fields(SquaredHinge, "loss SquaredHinge"));
    r.add("CategoricalHinge", {"categorical_hinge"}, from_fields(CategoricalHinge, "loss CategoricalHinge"));
    r.add("BinaryCrossentropy", {"binary_crossentropy", "bce", "BCE"},
          from_fields(BinaryCrossentropy, "loss BinaryCrossentropy"));
    r.add("CategoricalCrossentropy", {"categorical_crossentropy"},
          from_fields(CategoricalCrossentropy, "loss CategoricalCrossentropy"));
    r.add("SparseCategoricalCrossentropy", {"sparse_categorical_crossentropy"},
          from_fields(SparseCategoricalCrossentropy, "loss SparseCategoricalCrossentropy"));
    r.add("BinaryFocalCrossentropy", {"binary_focal_crossentropy"},
          from_fields(BinaryFocalCrossentropy, "loss BinaryFocalCrossentropy"));
    r.add("CategoricalFocalCrossentropy", {"categorical_focal_crossentropy"},
          from_fields(CategoricalFocalCrossentropy, "loss CategoricalFocalCrossentropy"));
    r.add("CategoricalGeneralizedCrossEntropy", {"categorical_generalized_cross_entropy"},
          from_fields(CategoricalGeneralizedCrossEntropy, "loss CategoricalGeneralizedCrossEntropy"));
    r.add("Dice", {"dice"}, from_fields(Dice, "loss Dice"));
    r.add("Tversky", {"tversky"}, from_fields(Tversky, "loss Tversky"));
    r.end_of_keras_own();
    return r;
  }();
  return table;
}

Loss get(const Json& spec) {
  if (spec.is_null()) return {};
  if (spec.is_string()) return Loss(spec.get<std::string>());
  return registry().get(with_beside_inside(spec));
}

}  // namespace cornu::losses
