// When a variable makes its first value.
#include "cornu/layers/variable.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace cornu {
namespace {

struct Counted {
  std::atomic<int> calls{0};
  Variable variable;
  Counted()
      : variable(Variable::Data{"kernel",
                                "dense/kernel",
                                {2, 3},
                                float64,
                                [this] {
                                  ++calls;
                                  return Tensor::full({2, 3}, 7.0, float64);
                                },
                                true,
                                false,
                                {},
                                {}}) {}
};

TEST(Variable, MakesItsFirstValueWhenAsked) {
  const Counted counted;
  const Variable& v = counted.variable;
  EXPECT_EQ(v.shape(), (Shape{2, 3}));
  EXPECT_EQ(v.dtype(), float64);
  EXPECT_EQ(v.size(), 6);
  EXPECT_EQ(v.bytes(), 48u);
  EXPECT_EQ(counted.calls, 0);
  EXPECT_EQ(v.value().at(5), 7.0);
  EXPECT_EQ(v.value().at(0), 7.0);
  EXPECT_EQ(counted.calls, 1);
}

TEST(Variable, MakesNoneWhenItIsGivenOne) {
  const Counted counted;
  EXPECT_THROW(counted.variable.assign(Tensor({3, 2})), ValueError);
  counted.variable.assign(Tensor::full({2, 3}, 2.0));
  EXPECT_EQ(counted.variable.value().dtype(), float64);
  EXPECT_EQ(counted.variable.value().at(1), 2.0);
  static_cast<double*>(counted.variable.mutable_raw())[1] = 3.0;
  EXPECT_EQ(counted.variable.value().at(1), 3.0);
  EXPECT_EQ(counted.calls, 0);
}

TEST(Variable, MakesOneForManyThreads) {
  const Counted counted;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) threads.emplace_back([&] { EXPECT_EQ(counted.variable.value().at(3), 7.0); });
  for (std::thread& t : threads) t.join();
  EXPECT_EQ(counted.calls, 1);
}

}  // namespace
}  // namespace cornu
