// What the classes of optimizers share: from the flat options that users write to OptimizerImpl and back.
// Included by the classes' own files, not by users.
#pragma once

#include "cornu/optimizers/optimizers.h"

namespace cornu::optimizers {

template <class Options>
OptimizerOptions common_options(const Options& o) {
  OptimizerOptions out;
  out.weight_decay = o.weight_decay;
  out.clipnorm = o.clipnorm;
  out.clipvalue = o.clipvalue;
  out.global_clipnorm = o.global_clipnorm;
  out.use_ema = o.use_ema;
  out.ema_momentum = o.ema_momentum;
  out.ema_overwrite_frequency = o.ema_overwrite_frequency;
  out.loss_scale_factor = o.loss_scale_factor;
  out.gradient_accumulation_steps = o.gradient_accumulation_steps;
  out.name = o.name;
  return out;
}

template <class Options>
void set_common_options(Options& o, const OptimizerOptions& common) {
  o.weight_decay = common.weight_decay;
  o.clipnorm = common.clipnorm;
  o.clipvalue = common.clipvalue;
  o.global_clipnorm = common.global_clipnorm;
  o.use_ema = common.use_ema;
  o.ema_momentum = common.ema_momentum;
  o.ema_overwrite_frequency = common.ema_overwrite_frequency;
  o.loss_scale_factor = common.loss_scale_factor;
  o.gradient_accumulation_steps = common.gradient_accumulation_steps;
  o.name = common.name;
}

template <class Options>
class OptimizerOf : public OptimizerImpl {
 public:
  OptimizerOf(std::string class_name, Options options)
      : OptimizerImpl(std::move(class_name), options.learning_rate, common_options(options)),
        own_(std::move(options)) {}
  Json own_config() const override {
    FieldWriter writer;
    Options copy = own_;
    copy.own_fields(writer);
    return std::move(writer).take();
  }

 protected:
  const Options& own() const { return own_; }

 private:
  Options own_;
};

template <class Options>
Options read_optimizer(const Json& config, const std::string& what) {
  ConfigReader reader(config, what);
  FieldReader fields(config, reader);
  Options out;
  OptimizerOptions common = common_options(out);
  common.fields(fields);
  common.name = reader.text("name", "");
  set_common_options(out, common);
  if (reader.has("learning_rate")) out.learning_rate = schedules::get(reader.json("learning_rate"));
  out.own_fields(fields);
  reader.finish();
  return out;
}

}  // namespace cornu::optimizers
