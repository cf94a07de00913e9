// Shared by the layers' own files: how options become a layer, and how a configuration becomes options.
#pragma once

#include "cornu/layers/layer.h"

namespace cornu::layers {

// Makes the implementation and gives it the common options.
template <class Impl, class Options, class... Args>
std::shared_ptr<LayerImpl> make_impl(const Options& options, Args&&... args) {
  auto impl = std::make_shared<Impl>(std::forward<Args>(args)...);
  impl->configure(options.name, options.trainable, options.dtype, options.input_shape);
  return impl;
}

// "float32" out of a string, a DTypePolicy object, or null. Throws NotSupportedError for quantized policies.
std::string dtype_from_config(ConfigReader& reader);

// Reads name, trainable, dtype; leaves activity_regularizer to with_activity_regularizer.
template <class Options>
void read_common(ConfigReader& reader, Options& options) {
  options.name = reader.text("name", "");
  options.trainable = reader.boolean("trainable", true);
  options.dtype = dtype_from_config(reader);
}

// Finishes a maker: the activity regularizer that any layer may have, and no key left unread.
Layer finish(ConfigReader& reader, Layer layer);

// The reader for one layer's configuration, named in messages.
ConfigReader reader_for(const Json& config, const std::string& class_name);

// Each layer's file adds its maker to the table.
#define CORNU_LAYER(file) void register_##file(Registry<Layer>& registry);
#include "cornu/layers/layers.def"
#undef CORNU_LAYER

}  // namespace cornu::layers
