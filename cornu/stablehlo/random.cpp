// uniform_at() of core/random.h in whole numbers: Philox4x32-10 of (block, draw) under the key (seed, 0), four words a
// block, the upper 24 bits of each as a float in [0, 1).
#include <array>

#include "cornu/core/text.h"
#include "cornu/stablehlo/emitter.h"

namespace cornu::stablehlo {
namespace {

struct Words {
  Ref low, high;
};

// The 64 bits of factor * x.
Words product(Emitter& e, std::uint32_t factor, const Ref& x) {
  const Ref wide = e.convert(x, DType::kUInt64);
  const Ref all = e.same("multiply", {wide, e.number(factor, wide.type)});
  const Ref high = e.same("shift_right_logical", {all, e.number(32, all.type)});
  return {e.convert(all, DType::kUInt32), e.convert(high, DType::kUInt32)};
}

}  // namespace

Ref print_random_uniform(Emitter& e, const ir::Type& type, const Ref& state) {
  const std::int64_t count = type.shape.size(), blocks = (count + 3) / 4;
  if (count == 0) return e.number(0, type);
  const ir::Type words{DType::kUInt32, Shape{blocks}};
  const auto of_state = [&](std::int64_t i) {
    return e.broadcast(e.reshape(e.slice(state, {i}, {i + 1}, {1}), {}), words.shape, {});
  };
  const Ref block = e.iota({DType::kUInt64, words.shape}, 0);
  const Ref upper = e.same("shift_right_logical", {block, e.number(32, block.type)});
  std::array<Ref, 4> c = {e.convert(block, DType::kUInt32), e.convert(upper, DType::kUInt32), of_state(1),
                          e.number(0, words)};
  std::array<Ref, 2> k = {of_state(0), e.number(0, words)};
  const Ref step0 = e.number(0x9E3779B9u, words), step1 = e.number(0xBB67AE85u, words);
  for (int round = 0; round < 10; ++round) {
    const Words a = product(e, 0xD2511F53u, c[0]), b = product(e, 0xCD9E8D57u, c[2]);
    c = {e.same("xor", {e.same("xor", {b.high, c[1]}), k[0]}), b.low,
         e.same("xor", {e.same("xor", {a.high, c[3]}), k[1]}), a.low};
    k = {e.same("add", {k[0], step0}), e.same("add", {k[1], step1})};
  }
  std::string names, types;
  for (const Ref& word : c) {
    const Ref column = e.reshape(word, {blocks, 1});
    names += (names.empty() ? "" : ", ") + column.name;
    types += (types.empty() ? "" : ", ") + text_of(column.type);
  }
  const ir::Type table{DType::kUInt32, Shape{blocks, 4}};
  const Ref all = e.let(cat("stablehlo.concatenate ", names, ", dim = 1 : (", types, ") -> ", text_of(table)), table);
  const Ref wanted = e.slice(e.reshape(all, {blocks * 4}), {0}, {count}, {1});
  const Ref bits = e.same("shift_right_logical", {wanted, e.number(8, wanted.type)});
  const Ref numbers = e.convert(bits, float32);
  return e.reshape(e.same("multiply", {numbers, e.number(0x1p-24, numbers.type)}), type.shape);
}

}  // namespace cornu::stablehlo
