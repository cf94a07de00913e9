// What the normalizing layers refuse, and what they say then. Their numbers: tests/golden/.
#include "cornu/layers/normalization/batch_normalization.h"
#include "cornu/layers/normalization/group_normalization.h"
#include "cornu/layers/normalization/layer_normalization.h"
#include "cornu/layers/normalization/rms_normalization.h"
#include "cornu/layers/normalization/unit_normalization.h"
#include "cornu/layers/test_errors.h"

namespace cornu::layers {
namespace {

constexpr std::int64_t kNone = Shape::kNone;

Layer from(const std::string& class_name, const std::string& config) {
  return registry().make(class_name, parse_json(config));
}

TEST(BatchNormalization, RenormIsRefusedByName) {
  expect_parts(message_of<NotSupportedError>([] { BatchNormalization({.renorm = true}); }), {"renorm=true"});
  expect_parts(message_of<NotSupportedError>([] { from("BatchNormalization", R"({"name": "b", "renorm": true})"); }),
               {"renorm=true"});
}

TEST(BatchNormalization, KeysOfOldFilesAreForTheUpgradeAndNotForTheLayer) {
  expect_parts(message_of<ValueError>([] { from("BatchNormalization", R"({"name": "b", "fused": true})"); }),
               {"\"b\"", "fused"});
  expect_parts(message_of<ValueError>([] { from("BatchNormalization", R"({"name": "b", "axis": [1, 2]})"); }),
               {"axis", "[1, 2]", "an integer"});
}

TEST(BatchNormalization, AxesThatTheInputDoesNotHave) {
  expect_parts(message_of<ValueError>([] {
                 BatchNormalization({.axis = 3, .name = "b"}).build({kNone, 4, 5});
               }),
               {"b", "3"});
  expect_parts(message_of<ValueError>([] {
                 BatchNormalization({.axis = 1, .name = "b"}).build({kNone, kNone, 5});
               }),
               {"b", "(None, None, 5)", "axis 1"});
}

TEST(BatchNormalization, AnotherNumberOfChannelsIsSaid) {
  const BatchNormalization layer({.axis = 1, .name = "b"});
  layer.build({kNone, 4, 5});
  EXPECT_EQ(layer.compute_output_shape({kNone, 4, 5}), (Shape{kNone, 4, 5}));
  Builder builder;
  CallContext context(builder, false);
  expect_parts(message_of<ValueError>([&] {
                 layer.impl()(context, builder.parameter("x", {2, 3, 5}));
               }),
               {"b", "(2, 3, 5)", "4 channels at axis 1"});
}

TEST(GroupNormalization, GroupsThatDoNotDivideTheChannels) {
  expect_parts(message_of<ValueError>([] { GroupNormalization({.groups = 0}); }), {"groups=0", "-1"});
  expect_parts(message_of<ValueError>([] {
                 GroupNormalization({.groups = 4}).build({kNone, 6});
               }),
               {"6 channels", "groups=4"});
  expect_parts(message_of<ValueError>([] { GroupNormalization().build({kNone, 8, 6}); }), {"6 channels", "groups=32"});
  expect_parts(message_of<ValueError>([] {
                 GroupNormalization({.groups = 2, .axis = 0}).build({4, 6});
               }),
               {"axis 0", "batch"});
  expect_parts(message_of<ValueError>([] {
                 GroupNormalization({.groups = 2}).build({4, 6, kNone});
               }),
               {"known dimension"});
}

TEST(GroupNormalization, OneGroupForEachChannelIsWrittenAsTheirNumberOnceItIsKnown) {
  const GroupNormalization layer({.groups = -1});
  EXPECT_EQ(layer.get_config()["groups"], -1);
  layer.build({kNone, 8, 6});
  EXPECT_EQ(layer.get_config()["groups"], 6);
}

TEST(AxisLayers, NoAxisAndAxesTwice) {
  expect_parts(message_of<ValueError>([] { LayerNormalization({.axis = AxisList()}); }),
               {"LayerNormalization", "no axis"});
  expect_parts(message_of<ValueError>([] { RMSNormalization({.axis = AxisList()}); }), {"RMSNormalization", "no axis"});
  expect_parts(message_of<ValueError>([] { UnitNormalization({.axis = AxisList()}); }),
               {"UnitNormalization", "no axis"});
  expect_parts(message_of<ValueError>([] {
                 LayerNormalization({.axis = {-1, 2}, .name = "l"}).build({kNone, 4, 5});
               }),
               {"l", "axis 2", "once more"});
  expect_parts(message_of<ValueError>([] {
                 UnitNormalization({.axis = 3, .name = "u"}).compute_output_shape({kNone, 4});
               }),
               {"u", "3"});
}

TEST(LayerNormalization, ABuiltLayerHasSortedAxes) {
  const LayerNormalization layer({.axis = {2, 1}});
  layer.build({kNone, 4, 5, 6});
  EXPECT_EQ(layer.get_config()["axis"], parse_json("[1, 2]"));
  EXPECT_EQ(layer.weights()[0].shape(), (Shape{4, 5}));
  const LayerNormalization one({.axis = 1});
  EXPECT_EQ(one.get_config()["axis"], 1);
  one.build({kNone, 4, 5});
  EXPECT_EQ(one.get_config()["axis"], parse_json("[1]"));
}

TEST(RMSNormalization, AScaleThatDoesNotFitTheLastAxes) {
  expect_parts(message_of<ValueError>([] {
                 RMSNormalization({.axis = 1, .name = "r"}).build({kNone, 4, 5});
               }),
               {"r", "(4,)", "(None, 4, 5)", "last axes"});
}

}  // namespace
}  // namespace cornu::layers
