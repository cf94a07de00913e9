// judge_cpp MODEL: the C++ API of libcornu_judge.a, and nothing else of Cornu. Prints the largest difference between
// one batch and its samples alone; fails when an error does not arrive as what it is.
#include <cmath>
#include <iostream>

#include "cornu/judge/judge.h"

int main(int argc, char** argv) {
  using namespace cornu;
  if (argc != 2) return 2;
  const Judge judge(argv[1]);
  Shape shape = judge.inputs().at(0).shape;
  shape[0] = 3;
  Tensor x = Tensor::empty(shape, float32);
  for (std::int64_t i = 0; i < x.size(); ++i) x.mutable_data<float>()[i] = static_cast<float>(i % 17) / 17;
  const Tensor all = judge.judge(x), second = judge.judge(x.rows(1, 2));
  float worst = 0;
  for (std::int64_t i = 0; i < second.size(); ++i)
    worst = std::max(worst, std::fabs(second.data<float>()[i] - all.data<float>()[second.size() + i]));
  std::cout << judge.name() << ' ' << all.shape() << ' ' << worst << '\n';
  if (!(worst < 1e-5f)) return 3;
  try {
    (void)judge.judge(Tensor({1, 2, 3, 4, 5, 6}));
    return 4;
  } catch (const ValueError&) {
  }
  try {
    const Judge none("none.keras");
    return 5;
  } catch (const FileError&) {
  }
  return 0;
}
