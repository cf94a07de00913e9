#include <gtest/gtest.h>

#include "cornu/core/error.h"
#include "cornu/ir/ops.h"
#include "cornu/metrics/metrics.h"

namespace cornu {
namespace {

TEST(Metric, NamesAndDirections) {
  EXPECT_EQ(Metric("mse").name(), "mse");
  EXPECT_EQ(metrics::MeanSquaredError().name(), "mean_squared_error");
  EXPECT_EQ(metrics::LogCoshError().name(), "logcosh");
  EXPECT_EQ(Metric("mse").impl().direction(), -1);
  EXPECT_EQ(Metric("accuracy").resolve({8}, {8, 3}).impl().direction(), 1);
  EXPECT_EQ(metrics::AUC().impl().direction(), 1);
  EXPECT_EQ(metrics::Mean().impl().direction(), 0);
}

TEST(Metric, AccuracyWaitsForShapes) {
  const Metric metric("acc");
  EXPECT_TRUE(metric.needs_shapes());
  EXPECT_THROW(metric.impl(), ValueError);
  EXPECT_EQ(metric.serialize(), Json("acc"));
}

TEST(Metric, OfAUserIsAMeanOfAFunction) {
  metrics::registry().add("Bias", {"bias"}, [](const Json&) {
    return metrics::custom("Bias", [](Value t, Value p) { return ops::mean(p - t, {-1}); });
  });
  EXPECT_EQ(Metric("bias").impl().state().size(), 2u);
}

TEST(Metric, ArgumentsAreChecked) {
  EXPECT_THROW(Metric("acuracy"), ValueError);
  EXPECT_THROW(Metric("crossentropy"), ValueError);
  EXPECT_THROW(metrics::Precision({.thresholds = 1.5}), ValueError);
  EXPECT_THROW(metrics::AUC({.curve = "PRC"}), ValueError);
  EXPECT_THROW(metrics::AUC({.multi_label = true}), ValueError);
  EXPECT_THROW(metrics::AUC({.num_thresholds = 1}), ValueError);
  EXPECT_THROW(metrics::get(Json{{"class_name", "MeanSquaredError"}, {"config", {{"threshold", 1}}}}), ValueError);
}

TEST(Metric, WrongTargetsNameTheWayOut) {
  Builder b;
  const std::vector<Value> state = {b.parameter("total", {}), b.parameter("count", {})};
  const Value classes = b.parameter("y", {8}, int32), scores = b.parameter("p", {8, 3});
  EXPECT_THROW(metrics::CategoricalAccuracy().impl().update(state, classes, scores, {}), ValueError);
  EXPECT_THROW(metrics::CategoricalAccuracy().impl().update(state, classes, {}, {}), ValueError);
  EXPECT_EQ(metrics::SparseCategoricalAccuracy().impl().update(state, classes, scores, {}).size(), 2u);
}

TEST(Metric, DtypePolicyObjectsAreRead) {
  const Json policy = {{"module", "keras"},
                       {"class_name", "DTypePolicy"},
                       {"config", {{"name", "float32"}}},
                       {"registered_name", nullptr}};
  EXPECT_EQ(metrics::get(Json{{"class_name", "Mean"}, {"config", {{"name", "loss"}, {"dtype", policy}}}}).name(),
            "loss");
}

}  // namespace
}  // namespace cornu
