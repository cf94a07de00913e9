// Products with the patches of an image, against the definition of a convolution, on every instruction set.
#include "cornu/engine/cpu/kernels/patches.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include "cornu/core/random.h"
#include "cornu/engine/cpu/kernels/kernels.h"

namespace cornu::cpu {
namespace {

std::vector<float> random_floats(Size count, std::uint64_t seed) {
  RandomStream random(seed);
  std::vector<float> values(static_cast<std::size_t>(count));
  for (float& v : values) v = static_cast<float>(random.uniform(-1.0, 1.0));
  return values;
}

// The whole matrix, by its definition.
std::vector<float> written_out(const Patches& p, const std::vector<float>& image) {
  std::vector<float> out;
  const auto &d = p.axes[0], &h = p.axes[1], &w = p.axes[2];
  for (Size n = 0; n < p.batch; ++n)
    for (Size i = 0; i < d.places; ++i)
      for (Size j = 0; j < h.places; ++j)
        for (Size k = 0; k < w.places; ++k)
          for (Size a = 0; a < d.size; ++a)
            for (Size b = 0; b < h.size; ++b)
              for (Size c = 0; c < w.size; ++c)
                for (Size f = 0; f < p.channels; ++f) {
                  const Size z = i * d.stride + a * d.dilation - d.low, y = j * h.stride + b * h.dilation - h.low,
                             x = k * w.stride + c * w.dilation - w.low;
                  const bool inside = z >= 0 && z < d.length && y >= 0 && y < h.length && x >= 0 && x < w.length;
                  const Size at = ((n * d.length + z) * h.length + y) * w.length + x;
                  out.push_back(inside ? image[static_cast<std::size_t>(at * p.pixel + f)] : 0.0f);
                }
  return out;
}

PatchAxis axis(Size length, Size size, Size stride, Size dilation, Size low, Size high) {
  return {.length = length,
          .places = (low + length + high - (size - 1) * dilation - 1) / stride + 1,
          .size = size,
          .stride = stride,
          .dilation = dilation,
          .low = low};
}

// C = A B by the kernels, in one part and in several, A being the patches or their transpose.
void check(const Patches& p, bool transposed, Size n) {
  const std::vector<float> image = random_floats(p.batch * p.image_floats(), 1);
  const std::vector<float> a = written_out(p, image);
  GemmShape shape;
  shape.m = transposed ? p.columns() : p.rows();
  shape.k = transposed ? p.rows() : p.columns();
  shape.n = shape.ldb = shape.ldc = n;
  shape.patches = std::make_shared<Patches>(p);
  shape.patches_transposed = transposed;
  const std::vector<float> b = random_floats(shape.k * n, 2), bias = random_floats(n, 3);
  for (const Target target : available_targets()) {
    std::vector<float> first;
    for (const int parts : {1, 3}) {
      GemmPlan plan = plan_gemm(shape, {.start = GemmStart::kBias}, 1, kernels_for(target));
      plan.parts = plan.parts_m = parts;
      std::vector<float> c(static_cast<std::size_t>(shape.m * n), -7.0f);
      std::unique_ptr<void, decltype(&std::free)> scratch(std::aligned_alloc(64, plan.scratch_bytes), &std::free);
      for (int part = 0; part < parts; ++part)
        plan.run(part, {.a = image.data(), .b = b.data(), .c = c.data(), .bias = bias.data()}, scratch.get());
      if (parts == 1)
        first = c;
      else
        ASSERT_EQ(0, std::memcmp(first.data(), c.data(), c.size() * sizeof(float))) << "the bits depend on the parts";
    }
    for (Size i = 0; i < shape.m; ++i)
      for (Size j = 0; j < n; ++j) {
        double sum = bias[static_cast<std::size_t>(j)];
        for (Size q = 0; q < shape.k; ++q)
          sum += double{a[static_cast<std::size_t>(transposed ? q * shape.m + i : i * shape.k + q)]} *
                 double{b[static_cast<std::size_t>(q * n + j)]};
        ASSERT_NEAR(sum, double{first[static_cast<std::size_t>(i * n + j)]},
                    1.2e-6 * (2.0 + std::sqrt(static_cast<double>(shape.k))))
            << name_of(target) << " row " << i << " column " << j << " transposed " << transposed;
      }
  }
}

void check(const Patches& p) {
  for (const bool transposed : {false, true})
    for (const Size n : {1, 10, 32, 130}) check(p, transposed, n);
}

TEST(Patches, OneChannel) {
  Patches p;
  p.axes = {PatchAxis{}, axis(9, 3, 1, 1, 0, 0), axis(11, 3, 1, 1, 1, 2)};
  p.batch = 2;
  check(p);
}

TEST(Patches, PaddingStridesAndDilation) {
  for (const Size channels : {1, 3, 16, 20}) {
    for (const Size stride : {1, 2, 3}) {
      for (const Size dilation : {1, 2}) {
        Patches p;
        p.axes = {PatchAxis{}, axis(7, 3, stride, dilation, 2, 1), axis(8, 2, stride, dilation, 1, 0)};
        p.batch = 2;
        p.channels = p.pixel = channels;
        check(p);
      }
    }
  }
}

TEST(Patches, WindowsThatStayInside) {  // read a line of places at a time
  for (const Size channels : {1, 3, 16})
    for (const Size stride : {1, 2}) {
      Patches p;
      p.axes = {axis(3, 1, 2, 1, 0, 0), axis(9, 3, stride, 2, -1, 0), axis(30, 3, stride, 1, -1, -2)};
      p.batch = 2;
      p.channels = p.pixel = channels;
      ASSERT_TRUE(p.inside());
      check(p);
    }
}

TEST(Patches, CroppedEdges) {
  Patches p;
  p.axes = {PatchAxis{}, axis(9, 2, 1, 1, -2, -1), axis(8, 3, 1, 1, -1, 3)};
  p.channels = p.pixel = 5;
  check(p);
}

TEST(Patches, OneGroupOfMoreChannels) {
  Patches p;
  p.axes = {PatchAxis{}, axis(6, 3, 1, 1, 1, 1), axis(5, 3, 2, 1, 1, 1)};
  p.channels = 4;
  p.pixel = 12;
  check(p);
  p.channels = 1;  // not by columns: the pixels lie apart
  check(p);
}

TEST(Patches, Volumes) {
  Patches p;
  p.axes = {axis(4, 2, 1, 2, 1, 1), axis(5, 3, 2, 1, 1, 1), axis(6, 2, 1, 1, 0, 1)};
  p.channels = p.pixel = 3;
  p.batch = 2;
  check(p);
}

TEST(Patches, DeepAndLong) {  // several blocks of rows and of columns
  Patches p;
  p.axes = {PatchAxis{}, axis(20, 3, 1, 1, 1, 1), axis(21, 3, 1, 1, 1, 1)};
  p.channels = p.pixel = 80;
  for (const bool transposed : {false, true}) check(p, transposed, 70);
}

}  // namespace
}  // namespace cornu::cpu
