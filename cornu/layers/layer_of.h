// LayerOf: a layer whose configuration is its arguments, each listed once (core/fields.h), for writing and for reading.
//   class GaussianNoiseImpl final : public LayerOf<Arguments> { ... };
// `Arguments` are the options that users write. Where Keras asks for an argument first, the layer's file derives from
// them and adds it:
//   struct Arguments : GaussianNoiseOptions { Number stddev = 0.0; template <class F> void fields(F& f) { ... } };
#pragma once

#include "cornu/core/fields.h"
#include "cornu/layers/from_config.h"

namespace cornu::layers {

// `Base`: what stands between, such as WrapperImpl; it gets the rest of the constructor's arguments.
template <class Options, class Base = LayerImpl>
class LayerOf : public Base {
 public:
  using Arguments = Options;
  template <class... Args>
  explicit LayerOf(Options&& arguments, Args&&... base) : Base(std::forward<Args>(base)...), o_(std::move(arguments)) {}
  Json own_config() const override { return write_fields(o_); }
  const Options& arguments() const { return o_; }

 protected:
  Options o_;
};

// Makes the implementation from its arguments, the common ones included.
template <class Impl>
std::shared_ptr<LayerImpl> make_layer(typename Impl::Arguments&& arguments) {
  auto impl = std::make_shared<Impl>(std::move(arguments));
  const typename Impl::Arguments& o = impl->arguments();
  impl->configure(o.name, o.trainable, o.dtype, o.input_shape);
  if constexpr (requires { o.activity_regularizer; }) impl->set_activity_regularizer(o.activity_regularizer);
  return impl;
}

// The maker from a configuration. Throws ValueError for a key that is missing, unknown or of a wrong type. `class_name`
// is a literal.
template <class Impl>
void add_layer(Registry<Layer>& registry, const char* class_name) {
  registry.add(class_name, {}, [class_name](const Json& config) {
    ConfigReader reader = reader_for(config, class_name);
    typename Impl::Arguments arguments;
    read_common(reader, arguments);
    FieldReader fields(config, reader);
    arguments.fields(fields);
    return finish(reader, Layer(make_layer<Impl>(std::move(arguments))));
  });
}

}  // namespace cornu::layers
