#include "tests/applications/builders.h"

#include "cornu/applications/applications.h"

namespace cornu::tests {
namespace {

using namespace applications;

// Sets the option of this name where the architecture has it.
template <class Options>
void set_option(Options& o, const std::string& key, const Json& value) {
  const auto set = [&](const char* name, auto& option, const auto& convert) {
    if (key == name) convert(option);
    return key == name;
  };
  const auto plain = [&](auto& option) { value.get_to(option); };
  const auto shape = [&](OptionalShape& option) { option = Shape(value.get<std::vector<std::int64_t>>()); };
  [[maybe_unused]] const auto number = [&](Number& option) { option = value.get<double>(); };
  const auto activation = [&](Activation& option) {
    option = value.is_null() ? Activation() : Activation(value.get<std::string>());
  };
  bool known = set("include_top", o.include_top, plain) || set("input_shape", o.input_shape, shape) ||
               set("pooling", o.pooling, plain) || set("classes", o.classes, plain) || set("name", o.name, plain) ||
               set("classifier_activation", o.classifier_activation, activation);
  if constexpr (requires { o.alpha; }) known = known || set("alpha", o.alpha, plain);
  if constexpr (requires { o.depth_multiplier; }) known = known || set("depth_multiplier", o.depth_multiplier, plain);
  if constexpr (requires { o.dropout; }) known = known || set("dropout", o.dropout, number);
  if constexpr (requires { o.dropout_rate; }) known = known || set("dropout_rate", o.dropout_rate, number);
  if constexpr (requires { o.minimalistic; }) known = known || set("minimalistic", o.minimalistic, plain);
  if constexpr (requires { o.include_preprocessing; })
    known = known || set("include_preprocessing", o.include_preprocessing, plain);
  if (!known) throw ValueError("the case has an argument that the builder does not: " + key);
}

template <class Options>
Build builder(Model (*make)(const Options&)) {
  return [make](const Json& arguments) {
    Options o;
    for (const auto& [key, value] : arguments.items()) set_option(o, key, value);
    return make(o);
  };
}

}  // namespace

const std::map<std::string, Build>& builders() {
#define CORNU_BUILDER(name) \
  { #name, builder(name) }
  static const std::map<std::string, Build> table{CORNU_BUILDER(VGG16),
                                                  CORNU_BUILDER(VGG19),
                                                  CORNU_BUILDER(ResNet50),
                                                  CORNU_BUILDER(ResNet101),
                                                  CORNU_BUILDER(ResNet152),
                                                  CORNU_BUILDER(ResNet50V2),
                                                  CORNU_BUILDER(ResNet101V2),
                                                  CORNU_BUILDER(ResNet152V2),
                                                  CORNU_BUILDER(MobileNet),
                                                  CORNU_BUILDER(MobileNetV2),
                                                  CORNU_BUILDER(MobileNetV3Small),
                                                  CORNU_BUILDER(MobileNetV3Large),
                                                  CORNU_BUILDER(DenseNet121),
                                                  CORNU_BUILDER(DenseNet169),
                                                  CORNU_BUILDER(DenseNet201),
                                                  CORNU_BUILDER(InceptionV3),
                                                  CORNU_BUILDER(InceptionResNetV2),
                                                  CORNU_BUILDER(Xception),
                                                  CORNU_BUILDER(NASNetMobile),
                                                  CORNU_BUILDER(NASNetLarge),
                                                  CORNU_BUILDER(EfficientNetB0),
                                                  CORNU_BUILDER(EfficientNetB1),
                                                  CORNU_BUILDER(EfficientNetB2),
                                                  CORNU_BUILDER(EfficientNetB3),
                                                  CORNU_BUILDER(EfficientNetB4),
                                                  CORNU_BUILDER(EfficientNetB5),
                                                  CORNU_BUILDER(EfficientNetB6),
                                                  CORNU_BUILDER(EfficientNetB7),
                                                  CORNU_BUILDER(EfficientNetV2B0),
                                                  CORNU_BUILDER(EfficientNetV2B1),
                                                  CORNU_BUILDER(EfficientNetV2B2),
                                                  CORNU_BUILDER(EfficientNetV2B3),
                                                  CORNU_BUILDER(EfficientNetV2S),
                                                  CORNU_BUILDER(EfficientNetV2M),
                                                  CORNU_BUILDER(EfficientNetV2L),
                                                  CORNU_BUILDER(ConvNeXtTiny),
                                                  CORNU_BUILDER(ConvNeXtSmall),
                                                  CORNU_BUILDER(ConvNeXtBase),
                                                  CORNU_BUILDER(ConvNeXtLarge),
                                                  CORNU_BUILDER(ConvNeXtXLarge)};
#undef CORNU_BUILDER
  return table;
}

}  // namespace cornu::tests
