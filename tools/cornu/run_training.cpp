// The training segment: sensor -> dataset -> trainer -> model file.
#include "cornu/core/random.h"
#include "cornu/data/dataset/split.h"
#include "tools/cornu/loading.h"
#include "tools/cornu/output.h"
#include "tools/cornu/system_data.h"
#include "tools/cornu/training.h"

namespace cornu::tool {
namespace {

struct Prepared {
  data::Arrays train;
  std::optional<data::Arrays> validation;
};

Prepared prepare(data::Arrays arrays, const std::vector<SystemStep>& steps) {
  Prepared out{std::move(arrays), std::nullopt};
  for (const SystemStep& step : steps) try {
      if (step.each) {
        out.train = std::move(out.train) | *step.each;
        if (out.validation) out.validation = std::move(*out.validation) | *step.each;
      } else if (step.shuffle) {
        out.train = data::shuffle(std::move(out.train), *step.shuffle).arrays();
      } else {
        if (out.validation) throw ValueError("the data were split before\n  expected: one split");
        const data::Parts parts = data::split(std::move(out.train), *step.split);
        out.train = parts.left.arrays();
        out.validation = parts.right.arrays();
      }
    } catch (const Error& error) {
      throw ValueError(cat(step.where, ": ", error.what()));
    }
  return out;
}

// A model of layers, each by its Keras class and configuration.
saving::ModelFile described_model(const SystemPart& trainer, const Json& layers, const Json& input_shape) {
  if (!layers.is_array())
    throw ValueError(cat(trainer.where(), ": layers\n  received: ", dump_json(layers).substr(0, 80), "\n  expected: [[",
                         trainer.at, ".layers]] tables"));
  Json list = Json::array();
  if (!input_shape.is_null()) {
    Json shape = input_shape.is_array() ? input_shape : Json::array({input_shape});
    shape.insert(shape.begin(), nullptr);
    list.push_back({{"class_name", "InputLayer"}, {"config", {{"batch_shape", shape}}}});
  }
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (!layers[i].is_object() || !layers[i].contains("class"))
      throw ValueError(cat(trainer.file.where(cat(trainer.at, ".layers[", i, "]")),
                           " has no class\n  expected: class = \"Dense\", or another Keras layer"));
    list.push_back(keras_form(layers[i]));
  }
  saving::ModelFile file;
  file.architecture = {{"class_name", "Sequential"}, {"config", {{"layers", list}}}};
  return file;
}

CompileWords compile_words(const SystemPart& trainer) {
  CompileWords out;
  if (!trainer.has("compile")) return out;
  ConfigReader reader = trainer.below("compile").reader();
  out.optimizer = keras_form(reader.json("optimizer"));
  out.loss = keras_form(reader.json("loss"));
  out.metrics = keras_form(reader.json("metrics"));
  reader.finish();
  if (out.metrics.is_string()) out.metrics = Json::array({out.metrics});
  return out;
}

struct FitWords {
  FitArguments arguments;
  std::string history;
};

FitWords fit_words(const SystemPart& trainer) {
  FitWords out;
  if (!trainer.has("fit")) return out;
  const SystemPart part = trainer.below("fit");
  ConfigReader reader = part.reader();
  FitArguments& a = out.arguments;
  a.batch_size = reader.integer("batch_size", a.batch_size);
  a.epochs = reader.integer("epochs", a.epochs);
  a.initial_epoch = reader.integer("initial_epoch", a.initial_epoch);
  a.shuffle = reader.boolean("shuffle", a.shuffle);
  a.validation_split = reader.number("validation_split", a.validation_split);
  a.validation_freq = reader.integer("validation_freq", a.validation_freq);
  a.verbose = static_cast<int>(reader.integer("verbose", 1));
  out.history = reader.text("history", "");
  const Json weights = reader.json("class_weight");
  if (!weights.is_null()) {
    ConfigReader classes(weights, part.where() + ".class_weight");
    for (const auto& [label, weight] : weights.items()) {
      if (label.empty() || label.find_first_not_of("0123456789") != std::string::npos || label.size() > 9)
        throw ValueError(
            cat(classes.what(), "\n  received: ", label, "\n  expected: class numbers, such as {0 = 1.0, 1 = 2.5}"));
      a.class_weight[std::stoll(label)] = classes.number(label, 1.0);
    }
  }
  const Json callbacks = reader.json("callbacks");
  if (!callbacks.is_null()) a.callbacks = callbacks_from(keras_form(callbacks), part.where());
  reader.finish();
  if (!out.history.empty()) check_writable(out.history);
  return out;
}

Model make_model(const SystemPart& trainer, ConfigReader& reader) {
  const std::string path = reader.text("model", ""), weights = reader.text("weights", "");
  const Json layers = reader.json("layers"), input_shape = reader.json("input_shape");
  if (path.empty() == layers.is_null())
    throw ValueError(cat(trainer.where(), " needs one model\n  expected: either model = \"FILE\" or [[", trainer.at,
                         ".layers]] tables"));
  const saving::ModelFile file =
      layers.is_null() ? read_file({path, weights}) : described_model(trainer, layers, input_shape);
  CompileWords compile = compile_words(trainer);
  compile.engine = reader.text("engine", "");
  if (const auto devices = reader.optional_integer("devices")) use_devices(*devices);
  try {
    const Model model = network_of_file(file);
    compile_from_file(model, file, compile);
    return model;
  } catch (const Error& error) {
    throw ValueError(cat(trainer.where(), ": ", error.what()));
  }
}

}  // namespace

void run_training(const SystemPart& segment) {
  ConfigReader whole = segment.reader();
  for (const char* key : {"sensor", "dataset", "trainer"}) whole.json(key);
  whole.finish();
  const SystemPart trainer = segment.below("trainer");
  ConfigReader reader = trainer.reader();
  reader.require("output");
  const std::string output = reader.text("output", "");
  check_writable(output);
  if (const auto seed = reader.optional_integer("seed")) set_global_seed(static_cast<std::uint64_t>(*seed));
  // Everything is read before the data, which take longest.
  const std::vector<SystemStep> steps = make_steps(segment);
  const Model model = make_model(trainer, reader);
  FitWords fit = fit_words(trainer);
  for (const char* key : {"compile", "fit"}) reader.json(key);
  reader.finish();

  Prepared data = prepare(make_sensor(segment.below("sensor")).read_all(), steps);
  if (!data.train.has_y())
    throw ValueError(
        cat(segment.below("sensor").where(), " gives no targets to train on\n  expected: labels, y or target"));
  DataArrays arrays = model.trainer().prepare({std::move(data.train.x)}, {std::move(data.train.y)}, {},
                                              fit.arguments.class_weight, "fit");
  std::optional<DataArrays> validation;
  if (data.validation)
    validation =
        model.trainer().prepare({std::move(data.validation->x)}, {std::move(data.validation->y)}, {}, {}, "fit");
  if (is_first_process())
    note(cat("training on ", arrays.samples(), " samples",
             validation ? cat(", validating on ", validation->samples()) : ""));
  train(model, std::move(arrays), std::move(validation), std::move(fit.arguments), fit.history);
  if (!is_first_process()) return;
  model.save(output);
  note(cat("training saved ", output));
}

}  // namespace cornu::tool
