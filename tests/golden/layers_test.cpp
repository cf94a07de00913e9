// Each layer against real Keras: outputs, gradients, regularization losses, moving averages, configuration.
#include <set>

#include "cornu/engine/engine.h"
#include "cornu/grad/gradients.h"
#include "cornu/layers/layer.h"
#include "tests/golden/golden.h"

namespace cornu::golden {
namespace {

// Wherever sums are long or cancel (normalizations), float32 itself leaves this much between two orders of adding.
constexpr Tolerance kOutput{.relative = 2e-6, .absolute = 2e-6};
constexpr Tolerance kGradient{.relative = 1e-5, .absolute = 1e-5};

// A number of 16 bits is rounded to 8 digits (bfloat16) or 11 (float16), by up to 2^-9 or 2^-12 of itself. TensorFlow
// rounds after each of its kernels, some of which are several ops here and round oftener, or the other way round; sums
// that cancel keep the error of their largest terms.
Tolerance output_tolerance(const Json& c) {
  const std::string dtype = c.value("dtype", "float32");
  if (dtype == "bfloat16") return {.relative = 1.0 / 64, .absolute = 1.0 / 64};
  if (dtype == "float16") return {.relative = 1.0 / 512, .absolute = 1.0 / 512};
  return kOutput;
}
Tolerance gradient_tolerance(const Json& c) {
  const std::string dtype = c.value("dtype", "float32");
  if (dtype == "bfloat16") return {.relative = 1.0 / 32, .absolute = 1.0 / 32};
  if (dtype == "float16") return {.relative = 1.0 / 256, .absolute = 1.0 / 256};
  return kGradient;
}
// TensorFlow on a CPU adds up the gradients of a convolution's kernel in 16 bits, here they are added up in 32 or 64.
Tolerance weight_gradient_tolerance(const Json& c) {
  const std::string dtype = c.value("dtype", "float32");
  if (dtype == "bfloat16") return {.relative = 1.0 / 16, .absolute = 1.0 / 16};
  if (dtype == "float16") return {.relative = 1.0 / 128, .absolute = 1.0 / 128};
  return kGradient;
}

// Families of one form: layers.py and those that build on it.
constexpr const char* kFamilies[] = {"layers", "normalization_layers", "regularization_layers", "mixed_layers"};

void for_each_layer(const char* key, const std::function<void(const Family&, const Json&)>& test) {
  for (const char* name : kFamilies) {
    SCOPED_TRACE(name);
    for_each_case(name, key, test);
  }
}

struct Case {
  const Family& family;
  const Json& json;
  Layer layer;
  std::vector<Variable> weights;
  Tensor x;
};

Case load(const Family& f, const Json& c) {
  Case out{f, c, layers::deserialize(c["config"]), {}, f.array(c, "x")};
  out.layer.build(out.x.shape().slice(1, out.x.rank()).with_batch(Shape::kNone));
  out.weights = out.layer.weights();
  std::vector<Tensor> values;
  for (const Json& w : c["weights"]) values.push_back(f.at(w["value"].get<std::string>()));
  out.layer.set_weights(values);
  return out;
}

// Everything that a case may name, from one graph: outputs first, then whatever `want` collects.
struct Emitted {
  Value y, loss;
  std::vector<Value> x_and_weights;
};

Emitted emit(const Case& c, CallContext& context, const std::vector<Value>& in) {
  Emitted out;
  out.y = c.layer.impl()(context, in[0]);
  out.x_and_weights = {in[0]};
  for (const Variable& v : c.weights)
    if (v.trainable()) out.x_and_weights.push_back(context[v]);
  for (const Value& l : context.losses())
    out.loss = out.loss ? out.loss + ops::cast(l, float32) : ops::cast(l, float32);
  return out;
}

// evaluate() needs a tensor for each parameter: the input, then the variables in the order in which they were met.
void run(const Case& c, const std::function<std::vector<Value>(Emitted&, CallContext&)>& want,
         const std::function<void(const std::vector<Tensor>&)>& check) {
  std::vector<Tensor> inputs = {c.x};
  {
    Builder probe;
    CallContext context(probe, c.json["training"].get<bool>());
    Emitted e = emit(c, context, {probe.parameter("x", c.x.shape(), c.x.dtype())});
    want(e, context);
    for (const Variable& v : context.variables()) inputs.push_back(v.value());
  }
  for (const char* name : {"reference", "cpu"}) {
    SCOPED_TRACE(name);
    Builder builder;
    CallContext context(builder, c.json["training"].get<bool>());
    Emitted e = emit(c, context, {builder.parameter("x", c.x.shape(), c.x.dtype())});
    for (const Value& v : want(e, context)) builder.output(v);
    check(evaluate(engine(name), builder.graph(), inputs));
  }
}

TEST(Layers, OutputsAndMovingAverages) {
  for_each_layer("config", [](const Family& f, const Json& json) {
    const Case c = load(f, json);
    run(
        c,
        [&](Emitted& e, CallContext& context) {
          std::vector<Value> out = {e.y};
          for (const Variable& v : c.weights) out.push_back(context[v]);
          return out;
        },
        [&](const std::vector<Tensor>& out) {
          EXPECT_EQ(name_of(out[0].dtype()), json.value("dtype", "float32"));
          EXPECT_TRUE(near(out[0], f.array(json, "y"), output_tolerance(json)));
          std::size_t next = 1;
          for (const Json& w : json["weights"]) {
            const std::string key = w.contains("after") ? "after" : "value";
            EXPECT_TRUE(near(out.at(next++), f.at(w[key].get<std::string>()), output_tolerance(json))) << w["name"];
          }
        });
  });
}

// `prefix` is "grad" (of sum(y * r)) or "loss_grad" (of the layer's own losses).
void check_gradients(const std::string& prefix) {
  for_each_layer("config", [&](const Family& f, const Json& json) {
    if (!json["arrays"].contains(prefix + "_x")) return;
    const Case c = load(f, json);
    run(
        c,
        [&](Emitted& e, CallContext& context) {
          const Value target =
              prefix == "grad"
                  ? ops::sum(ops::cast(e.y, float32) * ops::constant(context.builder(), f.array(json, "r")))
                  : e.loss;
          return gradients(target, e.x_and_weights);
        },
        [&](const std::vector<Tensor>& out) {
          EXPECT_TRUE(near(out[0], f.array(json, prefix + "_x"), gradient_tolerance(json)));
          std::size_t next = 1;
          for (const Json& w : json["weights"])
            if (w["trainable"].get<bool>()) {
              const std::size_t i = next++;
              if (w.contains(prefix)) {
                EXPECT_TRUE(near(out.at(i), f.at(w[prefix].get<std::string>()), weight_gradient_tolerance(json)))
                    << w["name"];
              }
            }
        });
  });
}

TEST(Layers, Gradients) { check_gradients("grad"); }
TEST(Layers, GradientsOfLosses) { check_gradients("loss_grad"); }

TEST(Layers, Losses) {
  for_each_layer("losses", [](const Family& f, const Json& json) {
    const Case c = load(f, json);
    run(
        c, [&](Emitted& e, CallContext&) { return std::vector<Value>{e.loss}; },
        [&](const std::vector<Tensor>& out) {
          EXPECT_TRUE(near(out[0].item(), json["losses"].get<double>(), output_tolerance(json)));
        });
  });
}

// What a built layer says of itself is, byte for byte, what Keras says.
TEST(Layers, ConfigurationsOfBuiltLayers) {
  for_each_layer("config", [](const Family& f, const Json& json) {
    EXPECT_EQ(dump_json(load(f, json).layer.get_config()), dump_json(json["config"]["config"]));
  });
}

// And one that is not built.
TEST(Layers, Configurations) {
  for_each_case("configs", "text", [](const Family&, const Json& json) {
    if (json["family"] != "layers") return;
    const Json config = parse_json(json["text"].get<std::string>());
    const Layer layer = layers::deserialize(config);
    if (config.contains("build_config") && !config["build_config"].is_null()) {
      Shape shape;
      for (const Json& d : config["build_config"]["input_shape"])
        shape.push_back(d.is_null() ? Shape::kNone : d.get<std::int64_t>());
      layer.build(shape);
    }
    EXPECT_EQ(dump_json(layer.serialize()), json["text"].get<std::string>());
  });
}

}  // namespace
}  // namespace cornu::golden
