// The metrics by name: class name, its snake case, and Keras's short forms.
#include "cornu/metrics/metrics.h"

namespace cornu::metrics {
namespace {

template <class Options>
void add(Registry<Metric>& r, const char* name, Metric (*make)(Options), std::vector<std::string> short_forms = {}) {
  short_forms.insert(short_forms.begin(), to_snake_case(name));
  r.add(name, short_forms, from_fields(make, cat("metric ", name)));
}

}  // namespace

Registry<Metric>& registry() {
  static Registry<Metric> table = [] {
    Registry<Metric> r("metric", "keras.metrics");
    add(r, "Mean", Mean);
    add(r, "Sum", Sum);
    add(r, "Accuracy", Accuracy);
    add(r, "BinaryAccuracy", BinaryAccuracy);
    add(r, "CategoricalAccuracy", CategoricalAccuracy);
    add(r, "SparseCategoricalAccuracy", SparseCategoricalAccuracy);
    add(r, "TopKCategoricalAccuracy", TopKCategoricalAccuracy);
    add(r, "SparseTopKCategoricalAccuracy", SparseTopKCategoricalAccuracy);
    add(r, "MeanSquaredError", MeanSquaredError, {"mse", "MSE"});
    add(r, "MeanAbsoluteError", MeanAbsoluteError, {"mae", "MAE"});
    add(r, "MeanAbsolutePercentageError", MeanAbsolutePercentageError, {"mape", "MAPE"});
    add(r, "MeanSquaredLogarithmicError", MeanSquaredLogarithmicError, {"msle", "MSLE"});
    add(r, "RootMeanSquaredError", RootMeanSquaredError);
    add(r, "CosineSimilarity", CosineSimilarity);
    add(r, "LogCoshError", LogCoshError);
    add(r, "Poisson", Poisson);
    add(r, "KLDivergence", KLDivergence);
    add(r, "Hinge", Hinge);
    add(r, "SquaredHinge", SquaredHinge);
    add(r, "CategoricalHinge", CategoricalHinge);
    add(r, "BinaryCrossentropy", BinaryCrossentropy, {"bce", "BCE"});
    add(r, "CategoricalCrossentropy", CategoricalCrossentropy);
    add(r, "SparseCategoricalCrossentropy", SparseCategoricalCrossentropy);
    add(r, "TruePositives", TruePositives);
    add(r, "TrueNegatives", TrueNegatives);
    add(r, "FalsePositives", FalsePositives);
    add(r, "FalseNegatives", FalseNegatives);
    add(r, "Precision", Precision);
    add(r, "Recall", Recall);
    add(r, "AUC", AUC);
    r.end_of_keras_own();
    return r;
  }();
  return table;
}

}  // namespace cornu::metrics
