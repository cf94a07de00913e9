// InceptionV3: blocks of parallel branches, at three sizes of the image. Layers are numbered, so their order is
// Keras's.
#include "cornu/applications/inception_blocks.h"

namespace cornu::applications {
namespace {

using namespace inception;

// 35 x 35, for images of 299 x 299.
KerasTensor block_35(const KerasTensor& x, std::int64_t pool_filters, const std::string& name) {
  const KerasTensor one = branch(x, {{64, 1, 1}});
  const KerasTensor five = branch(x, {{48, 1, 1}, {64, 5, 5}});
  const KerasTensor twice_three = branch(x, {{64, 1, 1}, {96, 3, 3}, {96, 3, 3}});
  return joined({one, five, twice_three, pooled_branch(x, pool_filters)}, name);
}

// 17 x 17; `f` filters inside of the branches.
KerasTensor block_17(const KerasTensor& x, std::int64_t f, const std::string& name) {
  const KerasTensor one = branch(x, {{192, 1, 1}});
  const KerasTensor seven = branch(x, {{f, 1, 1}, {f, 1, 7}, {192, 7, 1}});
  const KerasTensor twice_seven = branch(x, {{f, 1, 1}, {f, 7, 1}, {f, 1, 7}, {f, 7, 1}, {192, 1, 7}});
  return joined({one, seven, twice_seven, pooled_branch(x, 192)}, name);
}

// 8 x 8; two branches fork once more.
KerasTensor block_8(const KerasTensor& x, int i) {
  const KerasTensor one = branch(x, {{320, 1, 1}});
  const KerasTensor three = branch(x, {{384, 1, 1}});
  const KerasTensor flat = branch(three, {{384, 1, 3}});
  const KerasTensor forked = joined({flat, branch(three, {{384, 3, 1}})}, cat("mixed9_", i));
  const KerasTensor twice_three = branch(x, {{448, 1, 1}, {384, 3, 3}});
  const KerasTensor twice_flat = branch(twice_three, {{384, 1, 3}});
  const KerasTensor twice_forked = joined({twice_flat, branch(twice_three, {{384, 3, 1}})});
  return joined({one, forked, twice_forked, pooled_branch(x, 192)}, cat("mixed", 9 + i));
}

KerasTensor reduction_to_17(const KerasTensor& x) {
  const KerasTensor three = branch(x, {{384, 3, 3, 2, true}});
  const KerasTensor twice_three = branch(x, {{64, 1, 1}, {96, 3, 3}, {96, 3, 3, 2, true}});
  return joined({three, twice_three, halved(x)}, "mixed3");
}

KerasTensor reduction_to_8(const KerasTensor& x) {
  const KerasTensor three = branch(x, {{192, 1, 1}, {320, 3, 3, 2, true}});
  const KerasTensor seven = branch(x, {{192, 1, 1}, {192, 1, 7}, {192, 7, 1}, {192, 3, 3, 2, true}});
  return joined({three, seven, halved(x)}, "mixed8");
}

}  // namespace

Model InceptionV3(const ApplicationOptions& o) {
  const std::string file = cat(kKerasFiles, "inception_v3/inception_v3_weights_tf_dim_ordering_tf_kernels");
  Architecture a(request_of("InceptionV3", o, "inception_v3"), file + ".h5", file + "_notop.h5");
  KerasTensor x = a.begin(299, 75);
  x = halved(branch(x, {{32, 3, 3, 2, true}, {32, 3, 3, 1, true}, {64, 3, 3}}));
  x = halved(branch(x, {{80, 1, 1, 1, true}, {192, 3, 3, 1, true}}));
  x = block_35(x, 32, "mixed0");
  x = block_35(x, 64, "mixed1");
  x = block_35(x, 64, "mixed2");
  x = reduction_to_17(x);
  x = block_17(x, 128, "mixed4");
  x = block_17(x, 160, "mixed5");
  x = block_17(x, 160, "mixed6");
  x = block_17(x, 192, "mixed7");
  x = reduction_to_8(x);
  x = block_8(x, 0);
  x = block_8(x, 1);
  return a.finish(a.head(x, {.named_pooling = false}));
}

}  // namespace cornu::applications
