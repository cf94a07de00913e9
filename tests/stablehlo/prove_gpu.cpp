// prove_gpu PLUGIN [CUDA]: what the engine would run on an NVIDIA H100, compiled for one by a machine that has none.
// PLUGIN is xla_cuda_plugin.so; CUDA, a toolkit's folder with nvvm/libdevice. Prints a line a program, and fails with
// the first that the compiler refuses. `./dev proof gpu` fetches both and runs it.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>

#include "cornu/core/error.h"
#include "cornu/cornu.h"
#include "cornu/engine/pjrt/plugin.h"
#include "cornu/engine/pjrt/program.h"
#include "cornu/engine/pjrt/simplify.h"
#include "cornu/stablehlo/stablehlo.h"
#include "cornu/trainers/trainer.h"

namespace cornu {
namespace {

// What XLA asks a card for.
constexpr const char* kH100 = R"(gpu_device_info {
  threads_per_block_limit: 1024 threads_per_warp: 32 shared_memory_per_block: 49152 shared_memory_per_core: 233472
  threads_per_core_limit: 2048 core_count: 132 fpus_per_core: 128 block_dim_limit_x: 2147483647 block_dim_limit_y: 65535
  block_dim_limit_z: 65535 memory_bandwidth: 3352320000000 l2_cache_size: 52428800 clock_rate_ghz: 1.98
  device_memory_size: 84942979072 shared_memory_per_block_optin: 232448 cuda_compute_capability { major: 9 }
  registers_per_core_limit: 65536 registers_per_block_limit: 65536 }
platform_name: "CUDA"
dnn_version_info { major: 9 minor: 10 patch: 0 }
device_description_str: "NVIDIA H100 80GB HBM3")";

PJRT_NamedValue text_option(const char* name, const char* value) {
  PJRT_NamedValue out = {};
  out.struct_size = PJRT_NamedValue_STRUCT_SIZE;
  out.name = name;
  out.name_size = std::strlen(name);
  out.type = PJRT_NamedValue_kString;
  out.string_value = value;
  out.value_size = std::strlen(value);
  return out;
}

// Bytes of the program that the compiler makes.
std::size_t compile(const pjrt::Api& api, const std::string& text, int replicas) {
  const std::string devices = cat("1x1x", replicas);  // slices, hosts, devices
  const PJRT_NamedValue options[] = {text_option("target_config", kH100), text_option("topology", devices.c_str())};
  CORNU_PJRT_ARGS(PJRT_TopologyDescription_Create, topology);
  topology.create_options = options;
  topology.num_options = 2;
  api.call(&PJRT_Api::PJRT_TopologyDescription_Create, topology, "describe an H100");
  PJRT_Program program = pjrt::text_program(text);
  const std::string proto = pjrt::compile_options("cuda", replicas);
  CORNU_PJRT_ARGS(PJRT_Compile, args);
  args.topology = topology.topology;
  args.program = &program;
  args.compile_options = proto.data();
  args.compile_options_size = proto.size();
  api.call(&PJRT_Api::PJRT_Compile, args, "compile for an H100");
  CORNU_PJRT_ARGS(PJRT_Executable_Serialize, serialize);
  serialize.executable = args.executable;
  api.call(&PJRT_Api::PJRT_Executable_Serialize, serialize, "write a program");
  const std::size_t bytes = serialize.serialized_bytes_size;
  serialize.serialized_executable_deleter(serialize.serialized_executable);
  CORNU_PJRT_ARGS(PJRT_Executable_Destroy, destroy);
  destroy.executable = args.executable;
  api.release(&PJRT_Api::PJRT_Executable_Destroy, destroy);
  return bytes;
}

Sequential mlp() {
  return Sequential(
      {layers::Dense(64, {.activation = "relu", .input_shape = {784}}), layers::Dense(10, {.activation = "softmax"})});
}

Sequential convnet() {
  return Sequential({layers::Input({28, 28, 1}), layers::Conv2D(32, 3, {.activation = "relu"}), layers::MaxPooling2D(2),
                     layers::Conv2D(64, 3, {.activation = "relu"}), layers::MaxPooling2D(2), layers::Flatten(),
                     layers::Dropout(0.5), layers::Dense(10, {.activation = "softmax"})});
}

// The step of training; with `samples` the epoch: a while over steps that take their rows from so many. Of several
// replicas, each takes its part of the batch.
std::string training(const Model& model, const Shape& image, std::int64_t classes, std::int64_t batch,
                     std::int64_t samples, int replicas = 1) {
  model.compile({.optimizer = "adam", .loss = "categorical_crossentropy", .metrics = {"accuracy"}});
  // One step, after which the model knows everything that its graphs are made from.
  model.train_on_batch(Tensor::full(image.with_batch(1), 0.5, float32), Tensor::full({1, classes}, 0.1, float32));
  const std::int64_t part = batch / replicas;
  StepGraph step =
      model.trainer().step_graph(StepKind::kTrain, {{float32, image.with_batch(part)}},
                                 {{float32, Shape{part, classes}}}, false, samples, {replicas, part, batch});
  std::size_t rows = 0;
  while (samples > 0 && step.parameters[rows].kind != Binding::kRows) ++rows;
  const ir::Graph graph = pjrt::simplified(std::move(step.graph));
  stablehlo::Options options;
  options.replicas = replicas;
  return samples == 0 ? stablehlo::print_module(graph, options)
                      : stablehlo::print_loop(graph, {rows}, samples / batch, options);
}

int prove(const std::string& plugin) {
  const pjrt::Api api(pjrt::load_plugin(plugin));
  CORNU_PJRT_ARGS(PJRT_Plugin_Initialize, initialize);
  api.call(&PJRT_Api::PJRT_Plugin_Initialize, initialize, "initialize a plug-in");
  const struct {
    const char* name;
    int replicas;
    std::function<std::string()> text;
  } programs[] = {
      {"MLP 784-64-10, a step of 32", 1, [] { return training(mlp(), {784}, 10, 32, 0); }},
      {"MLP 784-64-10, an epoch of 60,000", 1, [] { return training(mlp(), {784}, 10, 32, 60000); }},
      {"convnet, a step of 128", 1,
       [] {
         return training(convnet(), {28, 28, 1}, 10, 128, 0);
       }},
      {"convnet, an epoch of 60,000", 1,
       [] {
         return training(convnet(), {28, 28, 1}, 10, 128, 60000);
       }},
      {"ResNet-50, a step of 64", 1,
       [] {
         return training(applications::ResNet50(), {224, 224, 3}, 1000, 64, 0);
       }},
      {"ResNet-50 in mixed_bfloat16", 1,
       [] {
         config::set_dtype_policy("mixed_bfloat16");
         const Model model = applications::ResNet50();
         config::set_dtype_policy("float32");
         return training(model, {224, 224, 3}, 1000, 64, 0);
       }},
      {"convnet in mixed_float16", 1,
       [] {
         config::set_dtype_policy("mixed_float16");
         const Model model = convnet();
         config::set_dtype_policy("float32");
         return training(model, {28, 28, 1}, 10, 128, 0);
       }},
      {"MLP, two replicas, an epoch", 2, [] { return training(mlp(), {784}, 10, 32, 60000, 2); }},
      {"convnet, two replicas, an epoch", 2,
       [] {
         return training(convnet(), {28, 28, 1}, 10, 128, 60000, 2);
       }},
      {"ResNet-50, two replicas, an epoch", 2,
       [] {
         return training(applications::ResNet50(), {224, 224, 3}, 1000, 64, 1280, 2);
       }},
  };
  for (const auto& program : programs) {
    const std::string text = program.text();
    const auto start = std::chrono::steady_clock::now();
    const std::size_t bytes = compile(api, text, program.replicas);
    std::printf("%-36s %7zu KB of StableHLO, %6zu KB of program, %5.1f s\n", program.name, text.size() / 1024,
                bytes / 1024, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    std::fflush(stdout);
  }
  return 0;
}

}  // namespace
}  // namespace cornu

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: prove_gpu PLUGIN [CUDA]\n", stderr);
    return 2;
  }
  setenv("TF_CPP_MIN_LOG_LEVEL", "2", 0);
  if (argc > 2) setenv("XLA_FLAGS", cornu::cat("--xla_gpu_cuda_data_dir=", argv[2]).c_str(), 1);
  try {
    return cornu::prove(argv[1]);
  } catch (const cornu::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
