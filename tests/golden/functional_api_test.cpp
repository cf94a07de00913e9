// The models of functional.py, built with the functional API: their configurations are letter for letter those of
// Keras, names of weights too.
#include "cornu/layers/core/dense.h"
#include "cornu/layers/core/identity.h"
#include "cornu/layers/core/input_layer.h"
#include "cornu/layers/merging/concatenate.h"
#include "cornu/layers/merging/dot.h"
#include "cornu/layers/merging/elementwise.h"
#include "cornu/layers/normalization/batch_normalization.h"
#include "cornu/layers/regularization/dropout.h"
#include "cornu/layers/reshaping/flatten.h"
#include "cornu/layers/reshaping/permute.h"
#include "cornu/layers/reshaping/repeat_vector.h"
#include "cornu/layers/reshaping/reshape.h"
#include "cornu/regularizers/regularizers.h"
#include "cornu/trainers/model.h"
#include "tests/golden/golden.h"

namespace cornu::golden {
namespace {

using namespace layers;

Model two_inputs() {
  const KerasTensor left = Input({5}, {.name = "left"}), right = Input({4}, {.name = "right"});
  const Dense shared(6, {.activation = "tanh", .kernel_regularizer = "l2", .name = "shared"});
  const KerasTensor a = shared(Dense(6, {.name = "zeta"})(left));
  const KerasTensor b = shared(Dense(6, {.name = "alpha"})(right));
  const KerasTensor both = Concatenate({.name = "cat"})({a, b, Add({.name = "plus"})({a, b})});
  return Model({left, right},
               {Dense(3, {.activation = "softmax", .name = "class"})(both), Dense(1, {.name = "value"})(both)});
}

Model nested() {
  const KerasTensor x = Input({6}, {.name = "xin"});
  const Sequential block({Input({6}, {.name = "block_in"}), Dense(6, {.activation = "relu", .name = "b1"}),
                          BatchNormalization({.momentum = 0.8, .name = "bn"}), Dense(6, {.name = "b2"})},
                         "block");
  const KerasTensor t = Input({6}, {.name = "tin"});
  const KerasTensor h = BatchNormalization({.name = "tbn"})(Dense(6, {.activation = "tanh", .name = "t1"})(t));
  const Model twice(t, Dense(6, {.name = "t2"})(h), "twice");
  const KerasTensor y = block(x);
  const KerasTensor once = twice(y), again = twice(twice(y));
  return Model(x, twice(Subtract({.name = "minus"})({once, again})), "outer");
}

Model frozen() {
  const KerasTensor i = Input({5}, {.name = "pixels"});
  const KerasTensor h =
      BatchNormalization({.name = "base_bn"})(Dense(7, {.activation = "relu", .name = "base_dense"})(i));
  const Model base(i, Dense(4, {.name = "base_top"})(h), "base");
  base.set_trainable(false);
  const KerasTensor x = Input({5}, {.name = "image"});
  const KerasTensor y = BatchNormalization({.name = "head_bn"})(base(x));
  return Model(x, Dense(3, {.activation = "softmax", .name = "head"})(y), "transfer");
}

Model training_false() {
  const KerasTensor i = Input({5}, {.name = "pixels"});
  const Model base(
      i, BatchNormalization({.name = "base_bn"})(Dense(7, {.activation = "relu", .name = "base_dense"})(i)), "base");
  const KerasTensor x = Input({5}, {.name = "image"});
  const KerasTensor y = Dropout(0.0, {.name = "drop"})(base(x, {.training = false}));
  return Model(x, Dense(2, {.name = "head"})(BatchNormalization({.name = "head_bn"})(y, {.training = false})),
               "fine_tuned");
}

Model dicts() {
  const KerasTensor a = Input({3}, {.name = "b_in"}), b = Input({4}, {.name = "a_in"});
  const KerasTensor h = Average({.name = "mean"})({Dense(5, {.name = "da"})(a), Dense(5, {.name = "db"})(b)});
  return Model({{"b_in", a}, {"a_in", b}},
               {{"y", Dense(2, {.name = "first"})(h)}, {"x", Dense(1, {.activation = "sigmoid", .name = "second"})(h)}},
               "dicts");
}

Model merging() {
  const KerasTensor a = Input({4, 3}, {.name = "a"}), b = Input({3}, {.name = "b"});
  const KerasTensor da = Dense(3, {.name = "da"})(a), db = Dense(3, {.name = "db"})(b);
  const KerasTensor rows = RepeatVector(4, {.name = "rows"})(db);
  const KerasTensor up = Maximum({.name = "up"})({da, rows});
  const KerasTensor down = Minimum({.name = "down"})({da, rows, up});
  const KerasTensor product = Multiply({.name = "product"})({up, down, Reshape({1, 3}, {.name = "row"})(db)});
  const KerasTensor less = Subtract({.name = "less"})({product, db});
  const KerasTensor turned = Permute({2, 1}, {.name = "turned"})(Average({.name = "mean"})({less, da, rows}));
  const KerasTensor dot =
      Dot({1, 2}, {.normalize = true, .name = "dot"})({turned, Identity({.name = "same"})(product)});
  const KerasTensor pair = Dot(1, {.name = "pair"})({Flatten({.name = "flat"})(dot), Dense(16, {.name = "wide"})(b)});
  const KerasTensor mixed = Add({.name = "mixed"})({dot, Dense(4, {.name = "narrow"})(b)});
  return Model({a, b}, Concatenate({.axis = 1, .name = "all"})({pair, Flatten({.name = "flat2"})(mixed)}), "merging");
}

Model operators() {
  const KerasTensor x = Input({4}, {.name = "x"});
  const KerasTensor h = Dense(4, {.activation = "relu", .name = "h"})(x);
  // Step by step: C++ does not say in which order the sides of an operator are made, and names are numbered.
  const KerasTensor doubled = (x + h) * 2.0;
  const KerasTensor part = 1.5 * h;
  const KerasTensor squares = x * x;
  const KerasTensor y = doubled - part / (squares + 1.0) - x;
  return Model(x, Dense(2, {.name = "out"})(-y), "operators");
}

Model list_of_one() {
  const KerasTensor x = Input({3});
  const Model inner({x}, {Dense(2)(x)});
  const KerasTensor z = Input({3});
  return Model({z}, inner.call({z}));
}

Model two_outputs_inside() {
  const KerasTensor a = Input({3}, {.name = "ia"}), b = Input({2}, {.name = "ib"});
  const KerasTensor h = Concatenate({.name = "ab"})({a, b});
  const Model inner({a, b}, {Dense(2, {.name = "p"})(h), Dense(1, {.name = "q"})(h)}, "inner");
  const KerasTensor x = Input({3}, {.name = "x"}), y = Input({2}, {.name = "y"});
  const std::vector<KerasTensor> pq = inner.call({x, y});
  return Model({x, y}, {pq[1], Dense(2, {.name = "post"})(pq[0])}, "around");
}

TEST(FunctionalApi, ConfigurationsAndNamesOfWeights) {
  const std::map<std::string, Model (*)()> models = {
      {"two_inputs", two_inputs},
      {"nested", nested},
      {"frozen", frozen},
      {"training_false", training_false},
      {"dicts", dicts},
      {"merging", merging},
      {"operators", operators},
      {"list_of_one", list_of_one},
      {"two_outputs_inside", two_outputs_inside},
      {"one_loss", two_inputs},
  };
  for_each_case("functional", "json", [&](const Family&, const Json& c) {
    utils::clear_session();
    const Model model = models.at(c["name"].get<std::string>())();
    EXPECT_EQ(model.to_json(), c["json"].get<std::string>());
    std::vector<std::string> paths;
    for (const Variable& v : model.weights()) paths.push_back(v.path());
    EXPECT_EQ(Json(paths), c["weight_paths"]);
  });
}

}  // namespace
}  // namespace cornu::golden
