// What a fragment in the documentation may use without declaring it.
#pragma once

#include <cornu/cornu.h>

#include <iostream>

using namespace cornu;

#define CORNU_FRAGMENT_CONTEXT                                                                         \
  [[maybe_unused]] Sequential model, [[maybe_unused]] Tensor x, [[maybe_unused]] Tensor y,             \
      [[maybe_unused]] Tensor x_train, [[maybe_unused]] Tensor y_train, [[maybe_unused]] Tensor x_val, \
      [[maybe_unused]] Tensor y_val, [[maybe_unused]] Tensor x_test, [[maybe_unused]] Tensor y_test
