// Ops that move elements.
#include "cornu/core/text.h"
#include "cornu/ir/ops.h"
#include "tests/ops/op_case.h"

namespace cornu::op_cases {
namespace {

using Build = std::function<Value(const Args&)>;

// Moving is exact, defined for every dtype, and has a gradient.
void add(std::vector<OpCase>& cases, const std::string& label, std::vector<Input> inputs, Build build,
         std::vector<double> expected = {}) {
  cases.push_back({.label = label,
                   .inputs = std::move(inputs),
                   .build = std::move(build),
                   .dtypes = expected.empty() ? kAll : kNumbers,
                   .expected = std::move(expected)});
}

Build broadcast(Shape to, ir::Axes dims) {
  return [=](const Args& x) {
    return x.builder.add_typed(ir::Op::kBroadcastInDim, {x[0]}, ir::BroadcastAttributes{dims}, {x[0].dtype(), to});
  };
}

Build pad(ir::Dims low, ir::Dims high, ir::Dims interior) {
  return [=](const Args& x) {
    return x.builder.add(ir::Op::kPad, {x[0], x[1]}, ir::PadAttributes{low, high, interior});
  };
}

void add_broadcasts(std::vector<OpCase>& cases) {
  add(cases, "broadcast_in_dim numbers", {numbers({1, 2})}, broadcast({2, 3}, {0}), {1, 1, 1, 2, 2, 2});
  add(cases, "broadcast_in_dim of a scalar", {real({})}, broadcast({33, 3}, {}));
  add(cases, "broadcast_in_dim of a row", {real({17})}, broadcast({33, 17}, {1}));
  add(cases, "broadcast_in_dim of a column", {real({33})}, broadcast({33, 17}, {0}));
  add(cases, "broadcast_in_dim of ones", {real({1, 4, 1})}, broadcast({2, 3, 4, 5}, {1, 2, 3}));
  add(cases, "broadcast_in_dim to nothing", {real({1, 3})}, broadcast({0, 3}, {0, 1}));
  add(cases, "broadcast_in_dim that changes nothing", {real({2, 3})}, broadcast({2, 3}, {0, 1}));
  add(cases, "broadcast_in_dim adds a one", {real({2, 3})}, broadcast({2, 1, 3}, {0, 2}));
  add(cases, "broadcast_in_dim to rank 5", {real({2, 3})}, broadcast({2, 2, 2, 3, 2}, {1, 3}));
}

void add_pads(std::vector<OpCase>& cases) {
  const Input zero = real({});
  add(cases, "pad numbers", {numbers({1, 2, 3}), numbers({9}, {})}, pad({1}, {2}, {1}), {9, 1, 9, 2, 9, 3, 9, 9});
  add(cases, "pad crops", {numbers({1, 2, 3, 4}), numbers({9}, {})}, pad({-1}, {-2}, {0}), {2});
  add(cases, "pad crops between", {numbers({1, 2, 3}), numbers({9}, {})}, pad({-1}, {1}, {1}), {9, 2, 9, 3, 9});
  add(cases, "pad of a matrix", {real({33, 5}), zero}, pad({1, 0}, {0, 2}, {0, 1}));
  add(cases, "pad of nothing", {real({0, 2}), zero}, pad({1, 1}, {2, 0}, {3, 0}));
  add(cases, "pad to nothing", {real({3}), zero}, pad({-1}, {-2}, {0}));
  add(cases, "pad of a scalar", {real({}), zero}, pad({}, {}, {}));
  add(cases, "pad of rank 4", {real({2, 3, 4, 2}), zero}, pad({0, 1, 2, 0}, {0, 1, 1, 0}, {0, 0, 0, 0}));
  add(cases, "ops::pad", {real({2, 3})}, [](const Args& x) { return ops::pad(x[0], {{1, 0}, {0, 2}}); });
}

void add_slices(std::vector<OpCase>& cases) {
  const auto slice = [](ir::Dims start, ir::Dims limit, ir::Dims stride) {
    return [=](const Args& x) { return ops::slice(x[0], start, limit, stride); };
  };
  add(cases, "slice numbers", {numbers({0, 1, 2, 3, 4, 5, 6})}, slice({1}, {6}, {2}), {1, 3, 5});
  add(cases, "slice of a matrix", {real({33, 17})}, slice({3, 0}, {30, 17}, {1, 1}));
  add(cases, "slice with strides", {real({33, 17})}, slice({1, 2}, {33, 16}, {3, 5}));
  add(cases, "slice to nothing", {real({3, 4})}, slice({1, 2}, {1, 4}, {1, 1}));
  add(cases, "slice of rank 5", {real({2, 3, 1, 4, 2})}, slice({0, 1, 0, 1, 1}, {2, 3, 1, 4, 2}, {1, 1, 1, 2, 1}));
  add(cases, "slice of a scalar", {real({})}, slice({}, {}, {}));
  add(cases, "slice_axis", {real({4, 6})}, [](const Args& x) { return ops::slice_axis(x[0], -1, 2, 5); });
}

void add_moves(std::vector<OpCase>& cases) {
  const auto transpose = [](std::vector<int> axes) {
    return [=](const Args& x) { return ops::transpose(x[0], axes); };
  };
  add(cases, "transpose numbers", {numbers({1, 2, 3, 4, 5, 6}, {2, 3})}, transpose({1, 0}), {1, 4, 2, 5, 3, 6});
  add(cases, "transpose 33x17", {real({33, 17})}, transpose({1, 0}));
  add(cases, "transpose of a batch", {real({5, 7, 9})}, transpose({0, 2, 1}));
  add(cases, "transpose of rank 5", {real({2, 3, 1, 4, 2})}, transpose({4, 0, 3, 1, 2}));
  add(cases, "transpose of nothing", {real({0, 3})}, transpose({1, 0}));
  add(cases, "transpose of a scalar", {real({})}, transpose({}));

  const auto reverse = [](std::vector<int> axes) { return [=](const Args& x) { return ops::flip(x[0], axes); }; };
  add(cases, "reverse numbers", {numbers({1, 2, 3, 4, 5, 6}, {2, 3})}, reverse({1}), {3, 2, 1, 6, 5, 4});
  add(cases, "reverse of both axes", {real({33, 17})}, reverse({0, 1}));
  add(cases, "reverse of nothing", {real({3, 0})}, reverse({0}));
  add(cases, "reverse of rank 4", {real({2, 3, 4, 2})}, reverse({1, 3}));

  const auto reshape = [](Shape to) { return [=](const Args& x) { return ops::reshape(x[0], to); }; };
  add(cases, "reshape numbers", {numbers({1, 2, 3, 4})}, reshape({2, 2}), {1, 2, 3, 4});
  add(cases, "reshape to a column", {real({33})}, reshape({33, 1}));
  add(cases, "reshape to a scalar", {real({1, 1})}, reshape({}));
  add(cases, "reshape of nothing", {real({0, 3})}, reshape({7, 0}));
  add(cases, "reshape with -1", {real({2, 3, 4})}, reshape({4, -1}));
}

void add_concatenations(std::vector<OpCase>& cases) {
  const auto along = [](int axis) { return [=](const Args& x) { return ops::concatenate(x.values, axis); }; };
  add(cases, "concatenate numbers", {numbers({1, 2}, {2, 1}), numbers({3, 4, 5, 6}, {2, 2})}, along(1),
      {1, 3, 4, 2, 5, 6});
  add(cases, "concatenate along the first axis", {real({2, 17}), real({31, 17})}, along(0));
  add(cases, "concatenate with an empty one", {real({3, 2}), real({3, 0}), real({3, 4})}, along(-1));
  add(cases, "concatenate one", {real({3, 2})}, along(0));
  add(cases, "concatenate of rank 4", {real({2, 3, 1, 2}), real({2, 3, 4, 2})}, along(2));
  add(cases, "concatenate one value twice", {real({3, 2})}, [](const Args& x) {
    return ops::concatenate({x[0], x[0]}, 0);
  });
}

}  // namespace

void shape_cases(std::vector<OpCase>& cases) {
  add_broadcasts(cases);
  add_pads(cases);
  add_slices(cases);
  add_moves(cases);
  add_concatenations(cases);
}

}  // namespace cornu::op_cases
